import { isRecord } from './read.ts'
import type { Path } from './resource.ts'

/** What stands at a path; undefined where nothing does, or something on the way has another type. */
export function dig(value: unknown, ...path: Path): unknown {
  return path.reduce<unknown>((below, step) => {
    if (typeof step === 'number') return Array.isArray(below) ? below[step] : undefined
    return isRecord(below) && Object.hasOwn(below, step) ? below[step] : undefined
  }, value)
}
