import { formatPath } from './resource.ts'
import type { Path, Resource } from './resource.ts'
import type { Report } from './read.ts'

/**
 * What the engine knows of a field:
 * - `read`: modelled, or without influence on where a request goes;
 * - `later`: it can change where a request goes, and is not modelled yet;
 * - a list of one shape: each entry has that shape;
 * - `each`: an object with names of the user's own (headers), each value of that shape;
 * - `fields(…)`: an object whose own fields are known.
 */
export type Shape = 'read' | 'later' | readonly [Shape] | { readonly each: Shape } | Fields

/** The known fields of an object. */
export interface Fields {
  readonly fields: ReadonlyMap<string, Shape>
}

/** The shape of an object: its fields by name. */
export function fields(known: Readonly<Record<string, Shape>>): Fields {
  return { fields: new Map(Object.entries(known)) }
}

/**
 * Reports each field of the resource that is unknown (`unknown-field`: mostly a typing error, since the API
 * server drops or refuses it) or not modelled yet (`not-modelled`). Values of a wrong type are left to the
 * readers.
 */
export function checkFields(resource: Resource, shape: Shape, report: Report): void {
  check({ resource, report }, resource.body, shape, [])
}

interface Checked {
  readonly resource: Resource
  readonly report: Report
}

function check(checked: Checked, value: unknown, shape: Shape, path: Path): void {
  if (value === null || value === undefined || shape === 'read') return
  if (shape === 'later') return notModelled(checked, path)
  if (isListShape(shape)) {
    if (!Array.isArray(value)) return
    for (const [index, entry] of value.entries()) check(checked, entry, shape[0], [...path, index])
    return
  }
  if (typeof value !== 'object' || Array.isArray(value)) return
  for (const [key, entry] of Object.entries(value)) {
    const known = 'each' in shape ? shape.each : shape.fields.get(key)
    if (known === undefined) unknownField(checked, [...path, key], shape)
    else check(checked, entry, known, [...path, key])
  }
}

function isListShape(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape)
}

function notModelled({ resource, report }: Checked, path: Path): void {
  report({
    code: 'not-modelled',
    level: 'warning',
    message: `${resource.id}: ${formatPath(path)} is not modelled yet; explain and the local mesh ignore it`,
    position: resource.keyPosition(path),
    resource: resource.id,
  })
}

function unknownField(
  { resource, report }: Checked,
  path: Path,
  shape: Fields | { each: Shape },
): void {
  const known = 'fields' in shape ? [...shape.fields.keys()] : []
  const meant = closest(String(path.at(-1)), known)
  const hint = meant === null ? 'remove it' : `did you mean \`${meant}\`?`
  report({
    code: 'unknown-field',
    level: 'warning',
    message: `${resource.id}: ${formatPath(path)} is not a field of ${resource.kind}; ${hint}`,
    position: resource.keyPosition(path),
    resource: resource.id,
  })
}

/** The known name that is at most two typing errors away. */
function closest(name: string, known: readonly string[]): string | null {
  let best: string | null = null
  let least = 3
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase(), least)
    if (distance < least) {
      least = distance
      best = candidate
    }
  }
  return best
}

/** How many letters must be added, dropped or changed; two swapped ones count as two. */
function editDistance(a: string, b: string, enough: number): number {
  if (Math.abs(a.length - b.length) >= enough) return enough
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const substituted = (row[j - 1] ?? enough) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(substituted, (row[j] ?? enough) + 1, (next[j - 1] ?? enough) + 1))
    }
    row = next
  }
  return row[b.length] ?? enough
}
