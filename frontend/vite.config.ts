import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { defineConfig, type Plugin } from 'vite'
import { tablerTokens } from './scripts/tabler'

const OUT = resolve(import.meta.dirname, '../linli/web/static/dist')
const ENTRIES = ['base', 'desk', 'phone', 'today', 'matter', 'ledger', 'rooms', 'open', 'sign-in', 'wall', 'views', 'map', 'rounds', 'field', 'sw', 'visits', 'outreach', 'mediation']

const OLD_MS = 3600_000

/** Removes what an earlier build left, but only when it is old: a server that runs may still hand out its files. */
function pruned(): Plugin {
  return {
    name: 'linli-pruned',
    apply: 'build',
    writeBundle(_, bundle) {
      const folder = join(OUT, 'assets')
      for (const name of readdirSync(folder)) {
        const path = join(folder, name)
        const ours = `assets/${name.replace(/\.(br|gz)$/, '')}` in bundle
        if (!ours && Date.now() - statSync(path).mtimeMs > OLD_MS) rmSync(path)
      }
    },
  }
}

/** Writes .br and .gz beside each text asset: WhiteNoise serves them as they are, nothing is compressed per request. */
function compressed(): Plugin {
  return {
    name: 'linli-compressed',
    apply: 'build',
    closeBundle() {
      const folder = join(OUT, 'assets')
      for (const name of readdirSync(folder)) {
        const path = join(folder, name)
        if (!/\.(js|css|svg|json)$/.test(name) || statSync(path).size < 512) continue
        const bytes = readFileSync(path)
        writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }))
        const params = { [constants.BROTLI_PARAM_QUALITY]: 10, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length }
        writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }))
      }
    },
  }
}

export default defineConfig({
  base: '/static/dist/',
  plugins: [pruned(), compressed()],
  worker: { format: 'es' },
  css: { postcss: { plugins: [tablerTokens()] } },
  build: {
    outDir: OUT,
    emptyOutDir: false,
    manifest: 'manifest.json',
    target: 'es2022',
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    assetsInlineLimit: 0,
    rollupOptions: {
      input: Object.fromEntries(ENTRIES.map((name) => [name, resolve(import.meta.dirname, `src/${name}.ts`)])),
    },
  },
})
