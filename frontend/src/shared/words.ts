/** Words of the page. The server hands them over in one JSON block, already in the language of the session. */

function block<T>(id: string, empty: T): T {
  const text = document.getElementById(id)?.textContent
  return text ? (JSON.parse(text) as T) : empty
}

/** `page-words`: what only this page says. */
const table = { ...block<Record<string, string>>('words', {}), ...block<Record<string, string>>('page-words', {}) }
export const lang: 'zh' | 'en' = document.documentElement.lang.startsWith('en') ? 'en' : 'zh'

/** The sentence for `key`; `{name}` places are filled from `facts`. An unknown key shows itself, so that it is noticed. */
export function t(key: string, facts: Record<string, string | number> = {}): string {
  const text = table[key] ?? key
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in facts ? String(facts[name]) : whole))
}

/** True when the table holds `key`: for codes that come from the server and may be new to this page. */
export const known = (key: string): boolean => key in table

type Said = { zh: string; en: string } | string

/** The side of a bilingual value that the reader wants; a plain string passes through, several are joined. */
export function say(words: Said | Said[] | null | undefined): string {
  if (!words) return ''
  if (Array.isArray(words)) return words.map(say).join(lang === 'en' ? '; ' : '；')
  return typeof words === 'string' ? words : words[lang] || words.zh
}

/** Facts about this page: who looks, where the icons lie. */
export interface PageFacts { user: string; icons: string; demo: boolean; posts: string[]; number?: string; api: string; version?: string }
export const page = block<PageFacts>('page', { user: '', icons: '', demo: false, posts: [], api: '/api/v1' })
