import { isRecord } from '../manifest/read.ts'
import { parseDuration } from '../mesh/duration.ts'
import { at, get, has, here, list } from './check.ts'
import type { Check, Finding } from './check.ts'
import { nodeAt } from './node.ts'
import type { SchemaNode } from './node.ts'

/** The checks that know what the fields of the Gateway API and of ServiceEntry mean. */
export const apiChecks: readonly (readonly [string, Check])[] = [
  [
    'port',
    (value, _args, node) =>
      get(value, 'group', node) === '' &&
      get(value, 'kind', node) === 'Service' &&
      !has(value, 'port')
        ? here('names a Service and so must have `port`')
        : [],
  ],
  [
    'path',
    (value, [wanted, test, part], node) => {
      const type = get(value, 'type', node)
      const text = get(value, 'value', node)
      if ((type !== 'Exact' && type !== 'PathPrefix') || typeof text !== 'string') return []
      if (holds(text, String(test), String(part)) === wanted) return []
      if (test === 'matches') return at(['value'], 'has a character that no path may have')
      const words =
        test === 'contains' ? 'contain' : test === 'endsWith' ? 'end with' : 'begin with'
      return at(['value'], `must ${wanted === true ? '' : 'not '}${words} ${JSON.stringify(part)}`)
    },
  ],
  [
    'redirectAlone',
    (value) =>
      isRecord(value) &&
      list(value['backendRefs']).length > 0 &&
      list(value['filters']).some((filter) => has(filter, 'requestRedirect'))
        ? here('redirects, and so must not have `backendRefs`')
        : [],
  ],
  [
    'onePrefix',
    (value, [filter]) => {
      if (!isRecord(value)) return []
      const replaces = list(value['filters']).some((one) => {
        const change = isRecord(one) ? one[String(filter)] : undefined
        return isRecord(change) && has(change['path'], 'replacePrefixMatch')
      })
      if (!replaces) return []
      const matches = has(value, 'matches') ? list(value['matches']) : [{}]
      return matches.length === 1 && isPrefix(matches[0])
        ? []
        : here(
            'replaces a prefix, and so must have exactly one match, with a path of type PathPrefix',
          )
    },
  ],
  [
    'timeouts',
    (value) => {
      if (!isRecord(value)) return []
      const { request, backendRequest } = value
      if (typeof request !== 'string' || typeof backendRequest !== 'string') return []
      const whole = parseDuration(request) ?? 0
      return whole > 0 && (parseDuration(backendRequest) ?? 0) > whole
        ? at(['backendRequest'], 'must not be longer than `request`')
        : []
    },
  ],
  [
    'matches',
    (value, [most]) => {
      const sum = list(value).reduce<number>(
        (total, rule) => total + (isRecord(rule) ? list(rule['matches']).length : 0),
        0,
      )
      return sum > Number(most) ? here(`has ${sum} matches in all, ${most} are allowed`) : []
    },
  ],
  [
    'plain',
    (value) =>
      list(value).flatMap((listener, index) =>
        isRecord(listener) &&
        ['HTTP', 'TCP', 'UDP'].includes(String(listener['protocol'])) &&
        has(listener, 'tls')
          ? at(
              [index, 'tls'],
              `must not stand there with \`protocol: ${String(listener['protocol'])}\``,
            )
          : [],
      ),
  ],
  [
    'resolved',
    (value) =>
      isRecord(value) && (value['resolution'] ?? 'NONE') === 'NONE' && has(value, 'endpoints')
        ? at(['endpoints'], 'needs a `resolution` other than NONE')
        : [],
  ],
  [
    'starAlone',
    (value) =>
      list(value).length > 1 && list(value).includes('*')
        ? here('must have no other entry beside "*"')
        : [],
  ],
  [
    'fraction',
    (value, _args, node) =>
      Number(get(value, 'numerator', node)) > Number(get(value, 'denominator', node))
        ? here('must not be above 1')
        : [],
  ],
  [
    'terminates',
    (value) =>
      list(value).flatMap((listener, index) =>
        isRecord(listener) &&
        listener['protocol'] === 'HTTPS' &&
        isRecord(listener['tls']) &&
        (listener['tls']['mode'] ?? 'Terminate') !== 'Terminate'
          ? at([index, 'tls', 'mode'], 'must be Terminate with `protocol: HTTPS`')
          : [],
      ),
  ],
  [
    'tlsMode',
    (value) =>
      list(value).flatMap((listener, index) =>
        isRecord(listener) && listener['protocol'] === 'TLS' && !has(listener, 'tls')
          ? at([index], 'must have `tls` with `protocol: TLS`')
          : [],
      ),
  ],
  [
    'subnets',
    (value) =>
      isRecord(value) &&
      list(value['addresses']).some((one) => String(one).includes('/')) &&
      ![undefined, 'NONE', 'STATIC'].some((one) => one === value['resolution'])
        ? at(['addresses'], 'may name a subnet only with `resolution: NONE` or `STATIC`')
        : [],
  ],
  [
    'roundRobin',
    (value) =>
      isRecord(value) &&
      value['resolution'] === 'DNS_ROUND_ROBIN' &&
      list(value['endpoints']).length > 1
        ? at(['endpoints'], 'may have only one entry with `resolution: DNS_ROUND_ROBIN`')
        : [],
  ],
  [
    'portsOfSome',
    (value) =>
      isRecord(value) &&
      has(value, 'portLevelMtls') &&
      !(isRecord(value['selector']) && hasEntries(value['selector']['matchLabels']))
        ? at(['portLevelMtls'], 'needs a `selector` with `matchLabels`')
        : [],
  ],
  ['parents', (value, _args, node) => clashes(list(value), node)],
  [
    'pattern',
    (value, [type, field, pattern], node) => {
      const text = get(value, String(field), node)
      if ((get(value, 'type', node) ?? type) !== type || typeof text !== 'string') return []
      const plain = String(pattern).replace('(?i)', '')
      return new RegExp(plain, plain === pattern ? '' : 'i').test(text)
        ? []
        : at([String(field)], `must match the pattern ${pattern}, got ${JSON.stringify(text)}`)
    },
  ],
  [
    'certificates',
    (value, _args, node) =>
      isRecord(value) &&
      get(value, 'mode', node) === 'Terminate' &&
      list(value['certificateRefs']).length === 0 &&
      !hasEntries(value['options'])
        ? here('ends TLS, and so must have `certificateRefs` or `options`')
        : [],
  ],
  [
    'portKeys',
    (value) =>
      isRecord(value)
        ? Object.keys(value).flatMap((key) =>
            /^\d+$/.test(key) && Number(key) >= 1 && Number(key) <= 65_535
              ? []
              : at([key], 'must be called by a port number from 1 to 65535'),
          )
        : [],
  ],
]

function isPrefix(match: unknown): boolean {
  if (!isRecord(match)) return false
  const path = match['path']
  return !isRecord(path) || (path['type'] ?? 'PathPrefix') === 'PathPrefix'
}

function holds(text: string, test: string, part: string): boolean {
  if (test === 'startsWith') return text.startsWith(part)
  if (test === 'endsWith') return text.endsWith(part)
  return test === 'contains' ? text.includes(part) : new RegExp(part).test(text)
}

function hasEntries(value: unknown): boolean {
  return isRecord(value) && Object.keys(value).length > 0
}

/** References to one parent all have a section or none has, the same for ports, and differ in one of them. */
function clashes(references: readonly unknown[], node: SchemaNode): Finding[] {
  const entry = node.i === undefined ? node : nodeAt(node.i)
  const seen = new Map<string, { readonly shape: string; readonly places: Set<string> }>()
  return references.flatMap((reference, index) => {
    const parent = JSON.stringify(
      ['group', 'kind', 'namespace', 'name'].map((field) => get(reference, field, entry) ?? ''),
    )
    const place = ['sectionName', 'port'].map((field) => get(reference, field, entry) ?? '')
    const shape = JSON.stringify(place.map((one) => one !== '' && one !== 0))
    const known = seen.get(parent)
    if (known === undefined) {
      seen.set(parent, { shape, places: new Set([JSON.stringify(place)]) })
      return []
    }
    if (known.shape !== shape || known.places.has(JSON.stringify(place))) {
      return at(
        [index],
        'names the parent of an earlier entry; give each a `sectionName` of its own',
      )
    }
    known.places.add(JSON.stringify(place))
    return []
  })
}
