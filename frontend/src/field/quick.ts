import type { Field } from './app'
import { addPhoto, listen } from './inputs/files'
import type { Asked } from './inputs/plain'
import { Sheet } from './sheet'
import type { FormSpec, InputSpec } from './types'
import { inputId } from './where'

/** The forms that begin with one tap from the first page, each with the input by which it does. */
export function quickForms(field: Field): { form: FormSpec; input: InputSpec }[] {
  return field.forms.forms.flatMap((form) => form.inputs.filter((one) => form.quick && one.name === form.quick).map((input) => ({ form, input })))
}

async function opened(field: Field, form: FormSpec, input: InputSpec): Promise<Asked | null> {
  field.sheet = await Sheet.open(field, form, null)
  field.go('form', form.act)
  const part = field.sheet.parts[0]
  return part ? { sheet: field.sheet, part, input, id: inputId(field.sheet, part, input.name), value: part.values[input.name] } : null
}

/** The camera was the first tap: the form comes up with the picture in it. */
export async function withPhoto(field: Field, form: FormSpec, input: InputSpec, file: File): Promise<void> {
  const asked = await opened(field, form, input)
  if (asked) await addPhoto(field, asked, file)
}

/** The form comes up listening. */
export async function withVoice(field: Field, form: FormSpec, input: InputSpec): Promise<void> {
  const asked = await opened(field, form, input)
  if (asked) await listen(field, asked)
}
