import { isRecord } from '../../manifest/read.ts'

/** A text that two values share where they mean the same: keys in order, absent ones left out. */
export function canonical(value: unknown, without: readonly string[] = []): string {
  return JSON.stringify(normalised(value, without))
}

function normalised(value: unknown, without: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((entry) => normalised(entry, []))
  if (!isRecord(value)) return value
  return Object.keys(value)
    .filter((key) => value[key] !== null && value[key] !== undefined && !without.includes(key))
    .toSorted()
    .map((key) => [key, normalised(value[key], [])])
}
