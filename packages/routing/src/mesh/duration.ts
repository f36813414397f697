import { readText, refuse } from '../manifest/read.ts'
import type { Field } from '../manifest/read.ts'

/** Reads a duration such as `10s`, `1.5s`, `1h30m` or `250ms` in milliseconds; null where absent. */
export function readDuration(field: Field): number | null {
  const text = readText(field)
  if (text === null) return null
  return (
    parseDuration(text) ??
    refuse(field, `must be a duration like "10s", "250ms" or "1m30s", got ${JSON.stringify(text)}`)
  )
}

/** Milliseconds of a duration as Go writes them; null where it is none. Negative ones are refused. */
export function parseDuration(text: string): number | null {
  if (text === '0') return 0
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(text)) return null
  let total = 0
  for (const [, number = '', unit = ''] of text.matchAll(/([\d.]+)([a-zµμ]+)/g)) {
    total += Number(number) * (milliseconds.get(unit) ?? 0)
  }
  return total
}

const milliseconds = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  ['µs', 1e-3],
  ['μs', 1e-3],
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
])
