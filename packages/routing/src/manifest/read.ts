import type { Diagnostic } from '../diagnostic.ts'
import { formatPath } from './resource.ts'
import type { Path, Resource } from './resource.ts'

/** A value inside a resource, on its way from YAML to a type. */
export interface Field {
  /** undefined where the manifest does not hold it; null counts as absent too, as in Kubernetes. */
  readonly value: unknown
  /** What it is called in its parent; null for the resource itself. */
  readonly key: string | number | null
  /** The way up: thousands of fields are read for each one whose path is asked for. */
  readonly parent: Field | null
  readonly source: FieldSource
}

/** Where fields come from, and who is told about those that cannot be read. */
interface FieldSource {
  readonly resource: Pick<Resource, 'position' | 'keyPosition'> & { readonly id: string | null }
  readonly report: Report
}

/** Takes a diagnostic. */
export type Report = (diagnostic: Diagnostic) => void

/** Thrown by the readers once they have reported what is wrong; `attempt` catches it. */
class Unreadable extends Error {
  override name = 'Unreadable' as const
}

/** The whole of a resource, to read from. */
export function rootOf(resource: Resource, report: Report): Field {
  return { value: resource.body, key: null, parent: null, source: { resource, report } }
}

/** Where the field stands in its resource. */
export function pathOf(field: Field): Path {
  const path: (string | number)[] = []
  for (let at: Field | null = field; at !== null; at = at.parent) {
    if (at.key !== null) path.push(at.key)
  }
  return path.toReversed()
}

/**
 * Runs readers; undefined where one of them met what it cannot read, which is then reported. The unit that
 * is left out is what `read` covers: half a match would match too much.
 */
export function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof Unreadable) return undefined
    throw error
  }
}

/** The field `key` of an object; reports an object that is none. */
export function child(field: Field, key: string): Field {
  const record = readOptionalRecord(field)
  const value = record !== null && Object.hasOwn(record, key) ? record[key] : undefined
  return { value, key, parent: field, source: field.source }
}

/** Whether the manifest holds the field. */
export function isPresent(field: Field): boolean {
  return field.value !== undefined && field.value !== null
}

/** The entries of a list; empty where absent. */
export function readList(field: Field): Field[] {
  if (!isPresent(field)) return []
  if (!Array.isArray(field.value)) return fail(field, 'a list')
  return field.value.map((value: unknown, key) => ({
    value,
    key,
    parent: field,
    source: field.source,
  }))
}

/** The entries of an object; empty where absent. */
export function readEntries(field: Field): [key: string, field: Field][] {
  const record = readOptionalRecord(field)
  return record === null ? [] : Object.keys(record).map((key) => [key, child(field, key)])
}

/** A string that must be there. */
export function readString(field: Field): string {
  return readOptionalString(field) ?? missing(field)
}

/** A string, or null where absent. */
export function readOptionalString(field: Field): string | null {
  if (!isPresent(field)) return null
  return typeof field.value === 'string' ? field.value : fail(field, 'a string')
}

/** A string, or null where absent or empty, as protobuf does not tell the two apart. */
export function readText(field: Field): string | null {
  const text = readOptionalString(field)
  return text === '' ? null : text
}

/** Strings; empty where absent. */
export function readStrings(field: Field): string[] {
  return readList(field).map((entry) => readString(entry))
}

/** An object of strings; empty where absent. */
export function readStringMap(field: Field): Record<string, string> {
  const map: Record<string, string> = {}
  for (const [key, entry] of readEntries(field)) define(map, key, readString(entry))
  return map
}

/** A whole number within bounds, or null where absent. */
export function readOptionalInteger(field: Field, least: number, most: number): number | null {
  if (!isPresent(field)) return null
  const { value } = field
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) {
    return value
  }
  return fail(field, `a whole number from ${least} to ${most}`)
}

/** A port number, or null where absent. */
export function readOptionalPort(field: Field): number | null {
  return readOptionalInteger(field, 1, 65_535)
}

/** A port number that must be there. */
export function readPort(field: Field): number {
  return readOptionalPort(field) ?? missing(field)
}

/** A number within bounds, or null where absent. */
export function readOptionalNumber(field: Field, least: number, most: number): number | null {
  if (!isPresent(field)) return null
  const { value } = field
  if (typeof value === 'number' && value >= least && value <= most) return value
  return fail(field, `a number from ${least} to ${most}`)
}

/** A boolean; `absent` (default: false) where the manifest does not hold it. */
export function readBoolean(field: Field, absent = false): boolean {
  if (!isPresent(field)) return absent
  return typeof field.value === 'boolean' ? field.value : fail(field, 'true or false')
}

/** Reports that the field is not what was expected, and gives the reading up. */
export function fail(field: Field, expected: string): never {
  const message = `${nameOf(field)} must be ${expected}, got ${describe(field.value)}`
  reportAt(field, 'wrong-type', message)
  throw new Unreadable(message)
}

/** Reports that the field's value is not usable, and gives the reading up. */
export function refuse(field: Field, because: string): never {
  const message = `${nameOf(field)} ${because}`
  reportAt(field, 'bad-value', message)
  throw new Unreadable(message)
}

/** `spec.http[0].match`, for messages. */
export function nameOf(field: Field): string {
  return formatPath(pathOf(field))
}

/** Reports a finding at the field. Default: at level error. */
export function reportAt(
  field: Field,
  code: string,
  message: string,
  level: Diagnostic['level'] = 'error',
): void {
  const { resource, report } = field.source
  report({
    code,
    level,
    message: resource.id === null ? message : `${resource.id}: ${message}`,
    position: resource.position(pathOf(field)),
    resource: resource.id,
  })
}

/** Reports by name what the engine does not know yet, and what it does in its place. */
export function reportNotModelled(field: Field, what: string, instead = 'ignore it'): void {
  const message = `${what} is not modelled yet; explain and the local mesh ${instead}`
  reportAt(field, 'not-modelled', message, 'warning')
}

/** Whether the value is an object and no list: YAML makes no other kinds. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Sets an own property, whatever its name: a key `__proto__` comes from the manifest too. */
export function define<T>(target: Record<string, T>, key: string, value: T): void {
  if (key !== '__proto__') {
    target[key] = value
    return
  }
  Object.defineProperty(target, key, {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  })
}

function readOptionalRecord(field: Field): Record<string, unknown> | null {
  if (!isPresent(field)) return null
  return isRecord(field.value) ? field.value : fail(field, 'an object')
}

function missing(field: Field): never {
  const message = `${nameOf(field)} is missing`
  reportAt(field, 'missing-field', message)
  throw new Unreadable(message)
}

/** What a value is, for messages. */
export function describe(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value !== 'number' && typeof value !== 'boolean') return 'an object'
  return `the ${typeof value} ${value} (quote it if it is meant as text)`
}
