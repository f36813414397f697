import { isRecord } from '../manifest/read.ts'
import { parseDuration } from '../mesh/duration.ts'
import { nodeAt } from './node.ts'
import type { SchemaNode } from './node.ts'

/** What a check finds wrong: where below the value, and why. */
export interface Finding {
  readonly path: readonly (string | number)[]
  /** Goes on after the name of the value: `must be at least 1ms`. */
  readonly because: string
}

type Argument = string | number | boolean
type Check = (value: unknown, args: readonly Argument[], node: SchemaNode) => Finding[]

/**
 * The rules that CRDs state in CEL, one function for each form (../../schema/cel.js). As on an API server,
 * they see the value with its defaults.
 */
export function runCheck(
  name: string,
  value: unknown,
  args: readonly Argument[],
  node: SchemaNode,
): Finding[] {
  return checks.get(name)?.(value, args, node) ?? []
}

const here = (because: string): Finding[] => [{ path: [], because }]
const at = (path: Finding['path'], because: string): Finding[] => [{ path, because }]

function get(value: unknown, field: string, node: SchemaNode): unknown {
  if (!isRecord(value)) return undefined
  const number = node.p?.[field]
  return value[field] ?? (number === undefined ? undefined : nodeAt(number).d)
}

function has(value: unknown, field: string): boolean {
  return isRecord(value) && value[field] !== undefined && value[field] !== null
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

const checks = new Map<string, Check>([
  [
    'ms',
    (value) => {
      const ms = typeof value === 'string' ? parseDuration(value) : null
      if (ms === null) return here(`must be a duration like "10s" or "250ms"`)
      return ms < 1 ? here('must be at least "1ms"; leave it out to have none') : []
    },
  ],
  [
    'only',
    (value, [field, by, wanted], node) => {
      const name = String(field)
      if (!has(value, name) || get(value, String(by), node) === wanted) return []
      return at([name], `may stand there only with \`${by}: ${wanted}\``)
    },
  ],
  [
    'needs',
    (value, [field, by, wanted], node) =>
      get(value, String(by), node) !== wanted || has(value, String(field))
        ? []
        : here(`with \`${by}: ${wanted}\` must have \`${field}\``),
  ],
  [
    'once',
    (value, [by, wanted]) =>
      list(value).filter((one) => isRecord(one) && one[String(by)] === wanted).length > 1
        ? here(`may have only one entry with \`${by}: ${wanted}\``)
        : [],
  ],
  [
    'apart',
    (value, [by, ...wanted]) => {
      const present = wanted.filter((one) =>
        list(value).some((entry) => isRecord(entry) && entry[String(by)] === one),
      )
      return present.length > 1 ? here(`may not have both ${present.join(' and ')}`) : []
    },
  ],
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
    'atMostOne',
    (value, names) => {
      const present = names.filter((name) => has(value, String(name)))
      return present.length > 1
        ? here(`may have only one of ${present.map((name) => `\`${name}\``).join(' and ')}`)
        : []
    },
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
      const matches = value['matches'] === undefined ? [{}] : list(value['matches'])
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
  ['unique', (value, fields) => duplicates(value, fields.map(String))],
  [
    'resolved',
    (value) =>
      isRecord(value) && (value['resolution'] ?? 'NONE') === 'NONE' && has(value, 'endpoints')
        ? at(['endpoints'], 'needs a `resolution` other than NONE')
        : [],
  ],
  ['notStar', (value) => (value === '*' ? here('must not be "*"') : [])],
])

/** The entries that are equal to an earlier one in all of `fields`; one without any of them is not compared. */
export function duplicates(
  value: unknown,
  fields: readonly string[],
  defaults: SchemaNode = {},
): Finding[] {
  const seen = new Set<string>()
  return list(value).flatMap((entry, index) => {
    const key = fields.map((field) => get(entry, field, defaults) ?? null)
    if (key.every((one) => one === null)) return []
    const text = JSON.stringify(key)
    if (seen.has(text)) return at([index], `has the ${fields.join(', ')} of an earlier entry`)
    seen.add(text)
    return []
  })
}

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
