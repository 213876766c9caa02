/**
 * The field app's own modules under trial, without a browser: bundled as they stand, run in Node over a database in memory. Then each mutant,
 * which its trial must see. Prints one JSON object; ends with 1 when a trial fails or a mutant lives.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'
import { House } from './house.mjs'
import { MUTANTS } from './mutants.mjs'
import { Phone } from './phone.mjs'
import { TRIALS } from './trials.mjs'

const SRC = join(dirname(fileURLToPath(import.meta.url)), '..', 'src', 'field')
const ENTRY = '\0entry'
const PATIENCE_MS = 20_000
const ALL = `
export { Field } from '${SRC}/app'
export { Store } from '${SRC}/store'
export { Sheet } from '${SRC}/sheet'
export { keepFile } from '${SRC}/media'
export { enrol, profiles, tryPin } from '${SRC}/profiles'
`
/** Nothing is drawn, and a PIN need not be slow here. Left out: pages, the live line. */
const LEFT_OUT = {
  'lit-html': "export const html = () => '', svg = html, nothing = '', render = () => undefined",
  './views/frame': "export const headView = () => '', pageView = headView, tabsView = headView",
  '../shared/live': 'export class Live {}',
}
const QUICK = ['sealing.ts', '600_000', '10']

async function bundled(folder, name, mutant) {
  let broken = 0
  const bundle = await rolldown({
    input: ENTRY,
    logLevel: 'silent',
    plugins: [{
      name: 'trial',
      resolveId: (id) => (id === ENTRY || id in LEFT_OUT ? `\0${id.replace('\0', '')}` : null),
      load: (id) => (id === ENTRY ? { code: ALL, moduleType: 'ts' } : LEFT_OUT[id.slice(1)] ?? null),
      transform(code, id) {
        let made = code
        for (const [file, from, to] of [QUICK, ...(mutant ? [mutant] : [])]) {
          if (!id.endsWith(`/field/${file}`)) continue
          if (made.split(from).length !== 2) throw new Error(`${file} does not say once: ${from}`)
          made = made.replace(from, () => to)
          broken += 1
        }
        return made === code ? null : { code: made }
      },
    }],
  })
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false })
  await bundle.close()
  if (broken !== (mutant ? 2 : 1)) throw new Error(`${name}: nothing was broken`)
  const file = join(folder, `${name}.mjs`)
  await writeFile(file, output[0].code)
  return pathToFileURL(file).href
}

/** What is wrong, or nothing. */
async function tried(file, trial) {
  const house = new House()
  let late
  const patience = new Promise((_, fail) => { late = setTimeout(() => fail(new Error('it hangs')), PATIENCE_MS) })
  try {
    await Promise.race([TRIALS[trial](new Phone(file, house), house), patience])
    return ''
  } catch (failure) {
    return String(failure?.message ?? failure).slice(0, 400) || 'failed'
  } finally {
    clearTimeout(late)
  }
}

process.on('unhandledRejection', () => undefined)
const folder = await mkdtemp(join(tmpdir(), 'linli-trials-'))
const told = { trials: 0, mutants: 0, failed: {}, alive: [] }
try {
  const honest = await bundled(folder, 'honest', null)
  for (const trial of Object.keys(TRIALS)) {
    const wrong = await tried(honest, trial)
    told.trials += 1
    if (wrong) told.failed[trial] = wrong
  }
  for (const [at, [name, [file, from, to, trial]]] of Object.entries(MUTANTS).entries()) {
    const wrong = await tried(await bundled(folder, `mutant${at}`, [file, from, to]), trial)
    told.mutants += 1
    if (!wrong) told.alive.push(name)
    else if (process.argv.includes('--why')) console.error(`${name}: ${wrong.split('\n')[0]}`)
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}
console.log(JSON.stringify(told))
process.exit(Object.keys(told.failed).length || told.alive.length ? 1 : 0)
