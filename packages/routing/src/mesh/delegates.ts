import type { Matches, WrittenMatch } from './http-match.ts'
import { selects } from './labels.ts'
import type { StringMatch } from './string-match.ts'
import type { WrittenRule } from './written-rule.ts'

/**
 * The rules that take the place of a root rule which delegates: each of the delegate's, where it does not
 * contradict the root, with what the root says in addition (istio: pilot/pkg/model/virtualservice.go,
 * MergeHTTPRoutes).
 */
export function mergeDelegate(root: WrittenRule, delegate: readonly WrittenRule[]): WrittenRule[] {
  return delegate.flatMap((rule) => {
    const matches = mergeMatches(root.matches, rule.matches)
    return matches === null ? [] : [mergeRule(root, rule, matches)]
  })
}

function mergeRule(
  root: WrittenRule,
  rule: WrittenRule,
  matches: readonly WrittenMatch[],
): WrittenRule {
  return {
    ...rule,
    matches,
    name: joinNames(root.name, rule.name),
    rewrite: rule.rewrite ?? root.rewrite,
    response: rule.response ?? root.response,
    timeout: rule.timeout ?? root.timeout,
    retries: rule.retries ?? root.retries,
    fault: rule.fault ?? root.fault,
    mirror: rule.mirror ?? root.mirror,
    mirrorPercent: rule.mirrorPercent ?? root.mirrorPercent,
    mirrorPercentage: rule.mirrorPercentage ?? root.mirrorPercentage,
    mirrors: rule.mirrors ?? root.mirrors,
    cors: rule.cors ?? root.cors,
    headers: rule.headers ?? root.headers,
  }
}

/** Every match of the delegate with every one of the root that it fits into; null: one fits into none. */
function mergeMatches(
  root: readonly WrittenMatch[],
  delegate: readonly WrittenMatch[],
): readonly WrittenMatch[] | null {
  if (root.length === 0) return delegate
  if (delegate.length === 0) return root
  const merged: WrittenMatch[] = []
  for (const leaf of delegate) {
    const fitting = root.filter((one) => !contradict(one, leaf))
    if (fitting.length === 0) return null
    merged.push(...fitting.map((one) => mergeMatch(one, leaf)))
  }
  return merged
}

function mergeMatch(root: WrittenMatch, leaf: WrittenMatch): WrittenMatch {
  return {
    name: joinNames(root.name, leaf.name),
    uri: leaf.uri ?? root.uri,
    ignoreUriCase: leaf.ignoreUriCase,
    scheme: leaf.scheme ?? root.scheme,
    method: leaf.method ?? root.method,
    authority: leaf.authority ?? root.authority,
    headers: new Map([...root.headers, ...leaf.headers]),
    withoutHeaders: new Map([...root.withoutHeaders, ...leaf.withoutHeaders]),
    queryParams: new Map([...root.queryParams, ...leaf.queryParams]),
    gateways: leaf.gateways.length === 0 ? root.gateways : leaf.gateways,
    port: leaf.port ?? root.port,
    sourceLabels: { ...root.sourceLabels, ...leaf.sourceLabels },
    sourceNamespace: leaf.sourceNamespace ?? root.sourceNamespace,
    origin: leaf.origin,
  }
}

function joinNames(root: string | null, own: string | null): string | null {
  if (own === null) return root
  return root === null ? own : `${root}-${own}`
}

function contradict(root: WrittenMatch, leaf: WrittenMatch): boolean {
  return (
    differ(root.uri, leaf.uri) ||
    differ(root.scheme, leaf.scheme) ||
    differ(root.method, leaf.method) ||
    differ(root.authority, leaf.authority) ||
    anyDiffers(root.headers, leaf.headers) ||
    anyDiffers(root.withoutHeaders, leaf.withoutHeaders) ||
    anyDiffers(root.queryParams, leaf.queryParams) ||
    root.ignoreUriCase !== leaf.ignoreUriCase ||
    (root.port !== null && leaf.port !== null && root.port !== leaf.port) ||
    (root.sourceNamespace !== null && root.sourceNamespace !== leaf.sourceNamespace) ||
    !selects(common(root.sourceLabels, leaf.sourceLabels), root.sourceLabels) ||
    gatewaysDiffer(root.gateways, leaf.gateways)
  )
}

/** The leaf's labels that the root names too. */
function common(
  root: Readonly<Record<string, string>>,
  leaf: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(leaf).filter(([key]) => Object.hasOwn(root, key)))
}

function gatewaysDiffer(root: readonly string[], leaf: readonly string[]): boolean {
  if (root.length === 0 || leaf.length === 0) return false
  return root.length < leaf.length || leaf.some((gateway) => !root.includes(gateway))
}

function anyDiffers(root: Matches, leaf: Matches): boolean {
  return [...leaf].some(([name, match]) => differ(root.get(name) ?? null, match))
}

/** Whether the leaf's condition may hold where the root's does not; regexes are never compared. */
function differ(root: StringMatch | null, leaf: StringMatch | null): boolean {
  if (root === null || leaf === null) return false
  const outer = valuesOf(root)
  const inner = valuesOf(leaf)
  if (outer.regex !== '' && hasValue(inner)) return true
  if (inner.regex !== '' && hasValue(outer)) return true
  if (outer.exact !== '') return inner.prefix !== '' || inner.exact !== outer.exact
  if (outer.prefix !== '') {
    if (inner.prefix !== '') return !inner.prefix.startsWith(outer.prefix)
    if (inner.exact !== '') return !inner.exact.startsWith(outer.prefix)
  }
  return true
}

interface Values {
  readonly exact: string
  readonly prefix: string
  readonly regex: string
}

/** As protobuf has it: what is not there is empty. */
function valuesOf(match: StringMatch): Values {
  const none: Values = { exact: '', prefix: '', regex: '' }
  if (match.kind === 'present') return none
  if (match.kind === 'exact') return { ...none, exact: match.value }
  if (match.kind === 'regex') return { ...none, regex: match.value }
  return { ...none, prefix: match.value }
}

function hasValue({ exact, prefix, regex }: Values): boolean {
  return exact !== '' || prefix !== '' || regex !== ''
}
