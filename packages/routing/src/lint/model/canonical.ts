import { isRecord } from '../../manifest/read.ts'

/** A text that two values share where they mean the same: keys in order, absent ones left out. */
export function canonical(value: unknown, without: readonly string[] = []): string {
  return JSON.stringify(normalised(value, without))
}

function normalised(value: unknown, without: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((entry) => normalised(entry, []))
  if (!isRecord(value)) return value
  return Object.keys(value)
    .filter((key) => !without.includes(key) && !isAbsent(key, value[key]))
    .toSorted()
    .map((key) => [key, normalised(value[key], [])])
}

/** protobuf does not tell an empty value from an absent one, but for the cases of a StringMatch. */
function isAbsent(key: string, value: unknown): boolean {
  if (value === null || value === undefined) return true
  return (value === '' || value === 0 || value === false) && !cases.has(key)
}

const cases: ReadonlySet<string> = new Set(['exact', 'prefix', 'regex'])
