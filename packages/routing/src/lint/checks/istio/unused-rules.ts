import type { Check } from '../../check.ts'
import type { ReportFinding } from '../../finding.ts'
import { canonical } from '../../model/canonical.ts'
import type { Part } from '../../part.ts'

/** Rules and matches that earlier ones make needless, as Istio's validation sees it. */
export const unusedRules: Check = {
  codes: ['IST0130', 'IST0131'],
  run(world, report) {
    for (const { spec } of world.virtualServices()) {
      for (const kind of ['http', 'tcp', 'tls']) findUnused(spec.get(kind).list(), report)
      findCovered(spec.get('http').list(), report)
    }
  },
}

/** Rules behind one without matches, and matches that stand twice (istio: analyzeUnreachableHTTPRules). */
function findUnused(rules: readonly Part[], report: ReportFinding): void {
  const seen = new Map<string, string>()
  let open: string | null = null
  for (const [index, rule] of rules.entries()) {
    const name = ruleName(rule, index)
    const matches = rule.get('match').list()
    if (matches.length === 0) {
      if (open !== null)
        report(
          unreachable(
            rule,
            name,
            `rule ${open} before it has no matches either and takes every request`,
          ),
        )
      open = name
      continue
    }
    let twice = 0
    for (const match of matches) {
      if (open !== null) {
        report(
          unreachable(rule, name, `rule ${open} before it has no matches and takes every request`),
        )
        break
      }
      const text = canonical(match.value, ['name'])
      const earlier = seen.get(text)
      if (earlier === undefined) seen.set(text, name)
      else {
        twice += 1
        report({
          code: 'IST0131',
          at: match,
          message: `this match of rule ${name} stands in rule ${earlier} already; remove it`,
        })
      }
    }
    if (twice === matches.length)
      report(unreachable(rule, name, 'each of its matches stands in a rule before it'))
  }
}

function unreachable(at: Part, name: string, because: string) {
  return {
    code: 'IST0130',
    at,
    message: `rule ${name} is never used: ${because}. Move it up, or remove it`,
  } as const
}

interface PrefixMatch {
  readonly match: Part
  readonly rule: string
  readonly prefix: string
  readonly port: number
  readonly method: string
  readonly authority: string
  readonly maps: readonly ReadonlyMap<string, string>[]
}

/**
 * Path prefixes that begin with an earlier one, other conditions alike. "Alike" is Istio's own notion
 * (validation.go, coveredValidation): no method means GET, and a value may be longer in the earlier match.
 */
function findCovered(rules: readonly Part[], report: ReportFinding): void {
  // Behind a rule without matches there is nothing to compare: IST0130 says so.
  const open = rules.findIndex((rule) => rule.get('match').list().length === 0)
  const matches = rules.slice(0, open === -1 ? rules.length : open).flatMap((rule, index) =>
    rule
      .get('match')
      .list()
      .flatMap((match) => prefixMatch(match, ruleName(rule, index))),
  )
  const seen = new Set<string>()
  const distinct = matches.filter(({ match }) => {
    const text = canonical(match.value, ['name'])
    return seen.size < seen.add(text).size
  })
  for (const [index, earlier] of distinct.entries()) {
    for (const later of distinct.slice(index + 1)) {
      if (later.prefix === earlier.prefix || !later.prefix.startsWith(earlier.prefix)) continue
      if (!isCovered(earlier, later)) continue
      report({
        code: 'IST0131',
        at: later.match,
        message: `prefix ${later.prefix} of rule ${later.rule} begins with prefix ${earlier.prefix} of rule ${earlier.rule}, which comes first; put the longer prefix first`,
      })
    }
  }
}

function prefixMatch(match: Part, rule: string): PrefixMatch[] {
  const prefix = match.get('uri', 'prefix').text
  if (prefix === null) return []
  return [
    {
      match,
      rule,
      prefix,
      port: match.get('port').number ?? 0,
      method: condition(match.get('method')) || 'exact GET',
      authority: condition(match.get('authority')),
      maps: ['headers', 'queryParams', 'withoutHeaders'].map(
        (key) =>
          new Map(
            match
              .get(key)
              .entries()
              .map(([name, part]) => [name, condition(part)]),
          ),
      ),
    },
  ]
}

function isCovered(earlier: PrefixMatch, later: PrefixMatch): boolean {
  return (
    later.port === earlier.port &&
    earlier.method.startsWith(later.method) &&
    earlier.authority.startsWith(later.authority) &&
    earlier.maps.every((map, index) => {
      const other = later.maps[index] ?? new Map<string, string>()
      return (
        map.size === other.size &&
        [...map].every(([name, value]) => {
          const wanted = other.get(name)
          return wanted !== undefined && value.startsWith(wanted)
        })
      )
    })
  )
}

/** `exact x` or `prefix x`; '' for a regex, which Istio does not compare. */
function condition(part: Part): string {
  const exact = part.get('exact').text
  if (exact !== null) return `exact ${exact}`
  const prefix = part.get('prefix').text
  return prefix === null ? '' : `prefix ${prefix}`
}

function ruleName(rule: Part, index: number): string {
  const name = rule.get('name').text
  return name === null ? `#${index}` : JSON.stringify(name)
}
