import { compileRegex } from '../../mesh/regex.ts'
import { resolveGateway } from '../../mesh/host.ts'
import { selects } from '../../mesh/labels.ts'
import type { Part } from '../part.ts'

/**
 * Whether every request that the match `specific` takes is taken by `general` too, as far as the conditions
 * tell; false where they do not. `without` names a header to leave out of both, in lower case.
 */
export function covers(general: Part, specific: Part, without: string | null = null): boolean {
  return (
    textConditions.every((key) => textCovers(general.get(key), specific.get(key))) &&
    uriCovers(general, specific) &&
    mapCovers(general.get('headers'), specific.get('headers'), without) &&
    mapCovers(general.get('queryParams'), specific.get('queryParams'), null) &&
    sameMap(general.get('withoutHeaders'), specific.get('withoutHeaders'), without) &&
    (general.get('port').number === null ||
      general.get('port').number === specific.get('port').number) &&
    (general.get('sourceNamespace').text === null ||
      general.get('sourceNamespace').text === specific.get('sourceNamespace').text) &&
    selects(general.get('sourceLabels').labels(), specific.get('sourceLabels').labels()) &&
    gatewaysCover(general, specific)
  )
}

const textConditions = ['scheme', 'method', 'authority'] as const

function uriCovers(general: Part, specific: Part): boolean {
  const uri = general.get('uri')
  if (!uri.exists || uri.get('prefix').text === '/') return true
  if (specific.get('ignoreUriCase').value === true && general.get('ignoreUriCase').value !== true)
    return false
  return textCovers(uri, specific.get('uri'))
}

function mapCovers(general: Part, specific: Part, without: string | null): boolean {
  const wanted = byLowerName(specific)
  return general.entries().every(([name, part]) => {
    const lower = name.toLowerCase()
    if (lower === without) return true
    const other = wanted.get(lower)
    return other !== undefined && textCovers(part, other)
  })
}

/** `withoutHeaders` says what may not be: only the same words are sure to mean the same. */
function sameMap(general: Part, specific: Part, without: string | null): boolean {
  const others = byLowerName(specific)
  return general.entries().every(([name, { value }]) => {
    const other = others.get(name.toLowerCase())
    return (
      name.toLowerCase() === without ||
      (other !== undefined && JSON.stringify(other.value) === JSON.stringify(value))
    )
  })
}

/** Whether every text that `specific` takes is taken by `general`; an absent one takes all. */
export function textCovers(general: Part, specific: Part): boolean {
  if (!general.exists) return true
  if (!specific.exists) return false
  const exact = specific.get('exact').value
  const prefix = specific.get('prefix').value
  const regex = specific.get('regex').value
  const want = { exact: general.get('exact').value, prefix: general.get('prefix').value }
  if (typeof want.exact === 'string') return exact === want.exact
  if (typeof want.prefix === 'string') {
    return [exact, prefix].some(
      (one) => typeof one === 'string' && one.startsWith(String(want.prefix)),
    )
  }
  const pattern = general.get('regex').value
  if (typeof pattern !== 'string' || pattern === '*' || pattern === '.*') return true
  if (typeof exact !== 'string') return regex === pattern
  const compiled = compileRegex(pattern)
  return !('refused' in compiled) && compiled.matches(exact)
}

function gatewaysCover(general: Part, specific: Part): boolean {
  const wanted = general.get('gateways').texts()
  if (wanted.length === 0) return true
  const { namespace } = general.resource
  const these = new Set(wanted.map((one) => resolveGateway(one, namespace)))
  const those = specific.get('gateways').texts()
  return those.length > 0 && those.every((one) => these.has(resolveGateway(one, namespace)))
}

function byLowerName(part: Part): ReadonlyMap<string, Part> {
  return new Map(part.entries().map(([name, entry]) => [name.toLowerCase(), entry]))
}
