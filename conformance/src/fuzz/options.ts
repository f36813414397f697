import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

export const usage = `Usage: pnpm conformance:fuzz [--seed N] [--worlds M] [--processes P] [--found DIR] [--stop-after K]

Makes M random worlds from seed N on, asks istiod's code and our engine about each, and shrinks each
disagreement to the smallest world found. Exits 1 where there is one, 2 on wrong usage.

  --seed N        first seed; default: the time of day
  --worlds M      how many; default 500
  --processes P   istiod processes; default 2
  --found DIR     where disagreements are written; default conformance/.cache/found
  --stop-after K  ends after so many disagreements; default 10
  --whole         does not shrink`

export interface Options {
  readonly seed: number
  readonly worlds: number
  readonly processes: number
  readonly stopAfter: number
  readonly found: string
  readonly whole: boolean
}

/** @throws with a sentence where an option is wrong */
export function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
      worlds: { type: 'string', default: '500' },
      processes: { type: 'string', default: '2' },
      found: { type: 'string', default: resolve(import.meta.dirname, '../../.cache/found') },
      'stop-after': { type: 'string', default: '10' },
      whole: { type: 'boolean', default: false },
    },
  })
  return {
    seed: wholeNumber('seed', values.seed, 0),
    worlds: wholeNumber('worlds', values.worlds, 1),
    processes: wholeNumber('processes', values.processes, 1),
    stopAfter: wholeNumber('stop-after', values['stop-after'], 1),
    found: values.found,
    whole: values.whole,
  }
}

function wholeNumber(name: string, value: string, least: number): number {
  const number = Number(value)
  if (Number.isSafeInteger(number) && number >= least) return number
  throw new RangeError(`Expected --${name} to be a whole number from ${least} up, got "${value}".`)
}
