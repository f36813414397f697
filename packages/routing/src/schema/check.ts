import { isRecord } from '../manifest/read.ts'
import { nodeAt } from './node.ts'
import type { SchemaNode } from './node.ts'

/** What a check finds wrong: where below the value, and why. */
export interface Finding {
  readonly path: readonly (string | number)[]
  /** Goes on after the name of the value: `must be at least "1ms"`. */
  readonly because: string
}

type Argument = string | number | boolean

/** A rule that a CRD states in CEL. As on an API server, it sees the value with its defaults. */
export type Check = (value: unknown, args: readonly Argument[], node: SchemaNode) => Finding[]

/** A finding at the value itself. */
export function here(because: string): Finding[] {
  return [{ path: [], because }]
}

/** A finding below the value. */
export function at(path: Finding['path'], because: string): Finding[] {
  return [{ path, because }]
}

/** A field, or its default. */
export function get(value: unknown, field: string, node: SchemaNode): unknown {
  if (!isRecord(value)) return undefined
  const number = node.p?.[field]
  return value[field] ?? (number === undefined ? undefined : nodeAt(number).d)
}

/** Whether the manifest holds the field. */
export function has(value: unknown, field: string): boolean {
  return isRecord(value) && value[field] !== undefined && value[field] !== null
}

/** The entries of a list; none where it is none. */
export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

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
