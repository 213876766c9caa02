import { html } from 'lit-html'
import { icon } from '../../shared/dom'
import { t } from '../../shared/words'
import type { Field } from '../app'
import { isFile } from '../sheet'
import type { View } from '../views/frame'
import { add, filePreview } from './files'
import type { Asked } from './plain'

const WIDTH = 1000
const HEIGHT = 440
const drawn = new WeakSet<HTMLCanvasElement>()

/** A signature by finger: black on white whatever the theme, because it will be printed. */
export function signatureInput(field: Field, asked: Asked): View {
  const { sheet, part, input, id } = asked
  const file = Array.isArray(asked.value) ? asked.value.find(isFile) : undefined
  if (file) return html`${filePreview(field, file, 'signature', () => sheet.set(part, input.name, null))}`
  const canvas = (event: Event): HTMLCanvasElement | null => (event.target as HTMLElement).closest('.field-signature')?.querySelector('canvas') ?? null
  const done = (event: Event): void => {
    const box = canvas(event)
    if (!box || !drawn.has(box)) return
    box.toBlob((blob) => blob && void add(field, asked, blob, 'signature'), 'image/png')
  }
  const clear = (event: Event): void => {
    const box = canvas(event)
    box?.getContext('2d')?.clearRect(0, 0, WIDTH, HEIGHT)
    if (box) drawn.delete(box)
  }
  return html`<div class="field-signature"><canvas id=${id} width=${WIDTH} height=${HEIGHT} role="img" aria-label=${t('field.sign_here')} @pointerdown=${begin} @pointermove=${draw}></canvas>
    <div class="field-more"><button type="button" class="big is-plain" @click=${clear}>${icon('eraser')} ${t('field.clear')}</button><button type="button" class="big is-primary" data-signed @click=${done}>${icon('check')} ${t('field.signed')}</button></div></div>`
}

function point(event: PointerEvent): [HTMLCanvasElement, CanvasRenderingContext2D | null, number, number] {
  const box = event.target as HTMLCanvasElement
  const area = box.getBoundingClientRect()
  return [box, box.getContext('2d'), ((event.clientX - area.left) / area.width) * WIDTH, ((event.clientY - area.top) / area.height) * HEIGHT]
}

function begin(event: PointerEvent): void {
  const [box, pen, x, y] = point(event)
  box.setPointerCapture(event.pointerId)
  event.preventDefault()
  if (!pen) return
  pen.lineWidth = 7
  pen.lineCap = 'round'
  pen.lineJoin = 'round'
  pen.strokeStyle = getComputedStyle(box).getPropertyValue('--l-paper-ink').trim()
  pen.beginPath()
  pen.moveTo(x, y)
}

function draw(event: PointerEvent): void {
  const [box, pen, x, y] = point(event)
  if (!pen || !event.buttons || !box.hasPointerCapture(event.pointerId)) return
  pen.lineTo(x, y)
  pen.stroke()
  drawn.add(box)
}
