import type { Diagnostic } from '../diagnostic.ts'
import { describe, isRecord } from '../manifest/read.ts'
import type { Report } from '../manifest/read.ts'
import type { Resource } from '../manifest/resource.ts'
import { duplicates } from './check.ts'
import { checks } from './checks.ts'
import { mostFindings, say, sayUnknown } from './context.ts'
import type { Context } from './context.ts'
import { nodeAt, nodeOfKind } from './node.ts'
import type { SchemaNode } from './node.ts'
import { checkBounds, checkScalar, oneOf } from './scalar.ts'

/**
 * What an API server would say of a manifest to `kubectl apply` (see `validate`); `buildMesh` says it too, with what the engine
 * itself cannot read.
 */
export function checkSchema(resource: Resource): Diagnostic[] {
  const found: Diagnostic[] = []
  validate(resource, (diagnostic) => found.push(diagnostic))
  return found
}

/**
 * Checks a resource as an API server does for `kubectl apply`: unknown fields (`unknown-field`), types (`wrong-type`),
 * fields that must be there (`missing-field`), and enums, patterns, bounds and the CRD's own rules
 * (`bad-value`). A kind without a schema here passes. Values of null count as absent.
 *
 * Source: the OpenAPI schemas of the kinds' CRDs (./data.ts). Kubernetes' own kinds: names and types only.
 * The rules in CEL that are not checked are those that `pnpm schema` prints.
 */
export function validate(resource: Resource, report: Report): void {
  const node = nodeOfKind(resource.apiVersion, resource.kind)
  if (node === undefined) return
  const context = { resource, report, path: [], findings: 0 }
  check(context, resource.body, node)
  const more = context.findings - mostFindings
  if (more <= 0) return
  report({
    code: 'bad-value',
    level: 'error',
    message: `${resource.id}: ${more} more findings of this kind; mend the first ones`,
    position: resource.position(),
    resource: resource.id,
  })
}

function check(context: Context, value: unknown, node: SchemaNode): void {
  if (value === undefined || value === null) return
  if (!isOfType(value, node)) {
    const wanted = mixed[node.x ?? 0] ?? typeNames.get(node.t ?? '') ?? ''
    say(context, [], 'wrong-type', `must be ${wanted}, got ${describe(value)}`)
    return
  }
  if (Array.isArray(value)) checkList(context, value, node)
  else if (isRecord(value)) checkObject(context, value, node)
  else checkScalar(context, value, node)
  checkJunctors(context, value, node)
  if (node.c === undefined) return
  for (const [name, ...args] of node.c) {
    for (const { path, because } of checks.get(name)?.(value, args, node) ?? []) {
      say(context, path, 'bad-value', because)
    }
  }
}

function checkBelow(
  context: Context,
  key: string | number,
  value: unknown,
  node: SchemaNode,
): void {
  context.path.push(key)
  check(context, value, node)
  context.path.pop()
}

function checkObject(context: Context, value: Record<string, unknown>, node: SchemaNode): void {
  const { p, a, pl, ph } = node
  // A node of a junctor knows no fields, nor does one that holds anything.
  if (p !== undefined || a !== undefined) {
    for (const key in value) {
      if (!Object.hasOwn(value, key)) continue
      const number = p !== undefined && Object.hasOwn(p, key) ? p[key] : a
      if (number !== undefined) checkBelow(context, key, value[key], nodeAt(number))
      else if (node.u !== 1) sayUnknown(context, key, Object.keys(p ?? {}))
    }
  }
  for (const name of node.r ?? []) {
    const known = p?.[name]
    if (value[name] !== undefined && value[name] !== null) continue
    if (known !== undefined && nodeAt(known).d !== undefined) continue
    say(context, [name], 'missing-field', 'is missing')
  }
  for (const name of node.ex ?? []) {
    if (value[name] === undefined || value[name] === null) continue
    const because =
      'is in the experimental channel of Gateway API only; the standard CRDs refuse it'
    say(context, [name], 'experimental-field', because, 'info')
  }
  if (pl !== undefined || ph !== undefined) {
    const count = Object.values(value).filter((one) => one !== null).length
    checkBounds(context, count, pl, ph, 'fields')
  }
}

function checkList(context: Context, value: readonly unknown[], node: SchemaNode): void {
  checkBounds(context, value.length, node.nl, node.nh, 'entries')
  if (node.i === undefined) return
  const entry = nodeAt(node.i)
  for (let key = 0; key < value.length; key += 1) {
    // Elsewhere null counts as absent.
    if (value[key] === null && entry.n !== 1) {
      const wanted = typeNames.get(entry.t ?? '') ?? 'a value'
      say(context, [key], 'wrong-type', `must be ${wanted}, got null`)
    } else checkBelow(context, key, value[key], entry)
  }
  if (node.s === 1 && new Set(value).size < value.length) {
    say(context, [], 'bad-value', 'has an entry twice')
  }
  if (node.k === undefined) return
  for (const { path, because } of duplicates(value, node.k, entry)) {
    say(context, path, 'bad-value', because)
  }
}

function checkJunctors(context: Context, written: unknown, node: SchemaNode): void {
  const { one, any, all, not } = node
  if (one === undefined && any === undefined && all === undefined && not === undefined) return
  const value = isRecord(written) ? withDefaults(written, node) : written
  if (one !== undefined) {
    const count = one.filter((number) => isValid(context, value, number)).length
    if (count !== 1) say(context, [], 'bad-value', choiceError(one, count))
  }
  if (any !== undefined && !any.some((number) => isValid(context, value, number))) {
    say(context, [], 'bad-value', choiceError(any, 0))
  }
  // The node that they stand at knows all fields, they need not.
  const { report } = context
  const silent: Report = (finding) => {
    if (finding.code !== 'unknown-field') report(finding)
  }
  for (const number of all ?? []) check({ ...context, report: silent }, value, nodeAt(number))
  if (not !== undefined && isValid(context, value, not)) {
    say(context, [], 'bad-value', 'is what its schema forbids')
  }
}

/** As an API server sees it. */
function withDefaults(value: Record<string, unknown>, { p }: SchemaNode): Record<string, unknown> {
  const full = { ...value }
  for (const [name, number] of Object.entries(p ?? {})) full[name] ??= nodeAt(number).d
  return full
}

function choiceError(numbers: readonly number[], count: number): string {
  const names = numbers.flatMap((number) => nodeAt(number).r ?? []).map((name) => `\`${name}\``)
  const choice = names.length === 0 ? 'the forms that its schema knows' : oneOf(names)
  return count === 0 ? `must have one of ${choice}` : `may have only one of ${choice}`
}

function isValid({ resource }: Context, value: unknown, number: number): boolean {
  let valid = true
  // Of the fields it knows only those that it is about.
  const report: Report = ({ code, level }) => {
    if (level === 'error' && code !== 'unknown-field') valid = false
  }
  check({ resource, report, path: [], findings: 0 }, value, nodeAt(number))
  return valid
}

function isOfType(value: unknown, { t, x }: SchemaNode): boolean {
  if (x === 1) return typeof value === 'string' || Number.isInteger(value)
  if (x === 2) return typeof value === 'string' || typeof value === 'number'
  if (t === undefined) return true
  if (t === 'array') return Array.isArray(value)
  if (t === 'object') return isRecord(value)
  return t === 'integer' ? Number.isInteger(value) : typeof value === t
}

/** What `x` of a node stands for. */
const mixed = [null, 'a whole number or a string', 'a number or a string'] as const

const typeNames = new Map([
  ['object', 'an object'],
  ['array', 'a list'],
  ['string', 'a string'],
  ['integer', 'a whole number'],
  ['number', 'a number'],
  ['boolean', 'true or false'],
])
