import type { Diagnostic } from '../diagnostic.ts'
import { describe, isRecord } from '../manifest/read.ts'
import type { Report } from '../manifest/read.ts'
import { formatPath } from '../manifest/resource.ts'
import type { Path, Resource } from '../manifest/resource.ts'
import { duplicates } from './check.ts'
import { checks } from './checks.ts'
import { closest } from './closest.ts'
import { nodeAt, nodeOfKind } from './node.ts'
import type { SchemaNode } from './node.ts'

/**
 * Checks a resource as a strict API server does: unknown fields (`unknown-field`), types (`wrong-type`),
 * fields that must be there (`missing-field`), and enums, patterns, bounds and the CRD's own rules
 * (`bad-value`). A kind without a schema here passes. Values of null count as absent.
 *
 * Source: the OpenAPI schemas of the kinds' CRDs (./data.ts). Kubernetes' own kinds: names and types only.
 * The rules in CEL that are not checked are those that `pnpm schema` prints.
 */
export function validate(resource: Resource, report: Report): void {
  const node = nodeOfKind(resource.apiVersion, resource.kind)
  if (node === undefined) return
  check({ resource, report }, resource.body, node, null)
}

interface Context {
  readonly resource: Resource
  readonly report: Report
}

/** The way to a value, from the leaf up: only what is wrong needs it in the right order. */
interface Place {
  readonly key: string | number
  readonly above: Place | null
}

function check(context: Context, value: unknown, node: SchemaNode, place: Place | null): void {
  if (value === undefined || value === null) return
  if (!isOfType(value, node)) {
    const wanted = node.x === 1 ? 'a whole number or a string' : (typeNames.get(node.t ?? '') ?? '')
    say(context, place, 'wrong-type', `must be ${wanted}, got ${describe(value)}`)
    return
  }
  if (Array.isArray(value)) checkList(context, value, node, place)
  else if (isRecord(value)) checkObject(context, value, node, place)
  else checkScalar(context, value, node, place)
  checkJunctors(context, value, node, place)
  for (const [name, ...args] of node.c ?? []) {
    for (const { path, because } of checks.get(name)?.(value, args, node) ?? []) {
      const where = path.reduce<Place | null>((above, key) => ({ key, above }), place)
      say(context, where, 'bad-value', because)
    }
  }
}

function checkObject(
  context: Context,
  value: Record<string, unknown>,
  node: SchemaNode,
  place: Place | null,
): void {
  const { p, a } = node
  // A node of a junctor knows no fields, nor does one that holds anything.
  if (p !== undefined || a !== undefined) {
    for (const key in value) {
      if (!Object.hasOwn(value, key)) continue
      const number = p !== undefined && Object.hasOwn(p, key) ? p[key] : a
      if (number !== undefined) check(context, value[key], nodeAt(number), { key, above: place })
      else if (node.u !== 1) sayUnknown(context, { key, above: place }, Object.keys(p ?? {}))
    }
  }
  for (const name of node.r ?? []) {
    const known = p?.[name]
    if (value[name] !== undefined && value[name] !== null) continue
    if (known !== undefined && nodeAt(known).d !== undefined) continue
    say(context, { key: name, above: place }, 'missing-field', 'is missing')
  }
  for (const name of node.ex ?? []) {
    if (value[name] === undefined || value[name] === null) continue
    const where = { key: name, above: place }
    const because =
      'is in the experimental channel of Gateway API only; the standard CRDs refuse it'
    say(context, where, 'experimental-field', because, 'info')
  }
  const size = node.pl === undefined && node.ph === undefined ? 0 : Object.keys(value).length
  checkBounds(context, size, [node.pl, node.ph], 'fields', place)
}

function checkList(
  context: Context,
  value: readonly unknown[],
  node: SchemaNode,
  place: Place | null,
): void {
  checkBounds(context, value.length, [node.nl, node.nh], 'entries', place)
  if (node.i === undefined) return
  const entry = nodeAt(node.i)
  for (const [key, one] of value.entries()) check(context, one, entry, { key, above: place })
  if (node.k === undefined) return
  for (const { path, because } of duplicates(value, node.k, entry)) {
    say(context, { key: path[0] ?? 0, above: place }, 'bad-value', because)
  }
}

function checkScalar(
  context: Context,
  value: unknown,
  node: SchemaNode,
  place: Place | null,
): void {
  const { e, re } = node
  if (e !== undefined && !e.includes(value)) {
    const texts = e.map(String)
    const meant = closest(String(value), texts)
    const hint = meant === null || e.length < 4 ? '' : `; did you mean ${meant}?`
    const because = `must be ${oneOf(texts)}, got ${describe(value)}${hint}`
    return say(context, place, 'bad-value', because)
  }
  if (typeof value === 'number') {
    return checkBounds(context, value, [node.lo, node.hi], '', place)
  }
  if (typeof value !== 'string') return
  checkBounds(context, value.length, [node.sl, node.sh], 'characters', place)
  if (re !== undefined && !patternOf(re).test(value)) {
    say(context, place, 'bad-value', `must match the pattern ${re}, got ${describe(value)}`)
  }
}

function checkBounds(
  context: Context,
  value: number,
  [least, most]: readonly [number | undefined, number | undefined],
  unit: string,
  place: Place | null,
): void {
  const words = unit === '' ? 'must be' : 'must have'
  const end = unit === '' ? '' : ` ${unit}`
  if (least !== undefined && value < least) {
    const got = unit === 'characters' && value === 0 ? 'an empty text' : String(value)
    say(context, place, 'bad-value', `${words} at least ${least}${end}, got ${got}`)
  }
  if (most !== undefined && value > most) {
    say(context, place, 'bad-value', `${words} at most ${most}${end}, got ${value}`)
  }
}

function checkJunctors(
  context: Context,
  value: unknown,
  { one, any, all, not }: SchemaNode,
  place: Place | null,
): void {
  if (one !== undefined) {
    const count = one.filter((number) => isValid(context, value, number)).length
    if (count !== 1) say(context, place, 'bad-value', choiceError(one, count))
  }
  if (any !== undefined && !any.some((number) => isValid(context, value, number))) {
    say(context, place, 'bad-value', choiceError(any, 0))
  }
  for (const number of all ?? []) check(context, value, nodeAt(number), place)
  if (not !== undefined && isValid(context, value, not)) {
    say(context, place, 'bad-value', 'is what its schema forbids')
  }
}

function choiceError(numbers: readonly number[], count: number): string {
  const names = numbers.flatMap((number) => nodeAt(number).r ?? []).map((name) => `\`${name}\``)
  const choice = names.length === 0 ? 'the forms that its schema knows' : oneOf(names)
  return count === 0 ? `must have one of ${choice}` : `may have only one of ${choice}`
}

function isValid({ resource }: Context, value: unknown, number: number): boolean {
  let valid = true
  const report = (): void => {
    valid = false
  }
  check({ resource, report }, value, nodeAt(number), null)
  return valid
}

function isOfType(value: unknown, { t, x }: SchemaNode): boolean {
  if (x === 1) return typeof value === 'string' || typeof value === 'number'
  if (t === undefined) return true
  if (t === 'array') return Array.isArray(value)
  if (t === 'object') return isRecord(value)
  return t === 'integer' ? Number.isInteger(value) : typeof value === t
}

function sayUnknown(context: Context, place: Place, known: readonly string[]): void {
  const { resource, report } = context
  const path = pathOf(place)
  const meant = closest(String(path.at(-1)), known)
  const hint = meant === null ? 'remove it' : `did you mean ${JSON.stringify(meant)}?`
  report({
    code: 'unknown-field',
    level: 'warning',
    message: `${resource.id}: unknown field "${formatPath(path)}", which a strict API server refuses; ${hint}`,
    position: resource.keyPosition(path),
    resource: resource.id,
  })
}

function say(
  { resource, report }: Context,
  place: Place | null,
  code: string,
  because: string,
  level: Diagnostic['level'] = 'error',
): void {
  const path = pathOf(place)
  report({
    code,
    level,
    message: `${resource.id}: ${path.length === 0 ? 'the object' : formatPath(path)} ${because}`,
    position: resource.position(path),
    resource: resource.id,
  })
}

function pathOf(place: Place | null): Path {
  const path: (string | number)[] = []
  for (let at = place; at !== null; at = at.above) path.push(at.key)
  return path.toReversed()
}

const patterns = new Map<string, RegExp>()

function patternOf(text: string): RegExp {
  const known = patterns.get(text)
  if (known !== undefined) return known
  const pattern = new RegExp(text)
  patterns.set(text, pattern)
  return pattern
}

const typeNames = new Map([
  ['object', 'an object'],
  ['array', 'a list'],
  ['string', 'a string'],
  ['integer', 'a whole number'],
  ['number', 'a number'],
  ['boolean', 'true or false'],
])

function oneOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}
