import type { AcceptedPlugin, Declaration, Root, Rule } from 'postcss'

const TOKEN = /--tblr-[\w-]+/g
/** A selector that names no class and no id: a bare element, the root, or the theme. */
const BARE = /^(?!.*[.#])(?!.*(?:navbar|data-vc|bs-layout|\[class|scrollbar))/s

const ofTabler = (node: { source?: { input: { file?: string } } }): boolean => node.source?.input.file?.includes('@tabler') ?? false

function used(root: Root): Set<string> {
  const wanted = new Set<string>()
  const given = new Map<string, string[]>()
  root.walkDecls((decl) => {
    if (decl.prop.startsWith('--tblr-') && ofTabler(decl)) given.set(decl.prop, [...(given.get(decl.prop) ?? []), decl.value])
    else for (const name of decl.value.match(TOKEN) ?? []) wanted.add(name)
  })
  // A token may be made of others: what those need is needed too. A Set visits what is added while it is walked.
  for (const name of wanted) for (const value of given.get(name) ?? []) for (const inner of value.match(TOKEN) ?? []) wanted.add(inner)
  return wanted
}

/**
 * Of Tabler's 85 kB (compressed) this keeps what our design language stands on: the tokens that are really used and the reset of bare
 * elements. Its component classes stay out, so that a word like `.tag` or `.timeline` means one thing here: ours.
 */
export function tablerTokens(): AcceptedPlugin {
  return {
    postcssPlugin: 'linli-tabler-tokens',
    OnceExit(root) {
      root.walkComments((comment) => { if (ofTabler(comment) && !comment.text.startsWith('!')) comment.remove() })
      root.walkAtRules(/keyframes$/, (rule) => { if (ofTabler(rule)) rule.remove() })
      root.walkRules((rule: Rule) => {
        if (!ofTabler(rule) || rule.parent?.type === 'root' && !rule.nodes.length) return
        const kept = rule.selectors.filter((one) => BARE.test(one))
        if (kept.length) rule.selectors = kept
        else rule.remove()
      })
      const wanted = used(root)
      root.walkDecls((decl: Declaration) => {
        const unused = decl.prop.startsWith('--tblr-') && !wanted.has(decl.prop)
        if (ofTabler(decl) && (unused || decl.prop === 'scroll-behavior')) decl.remove()
      })
      root.walk((node) => { if ('nodes' in node && node.nodes && !node.nodes.length && ofTabler(node)) node.remove() })
    },
  }
}
