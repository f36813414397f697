import { parseArgs } from 'node:util'

/** The value of `--name N`, a whole number from 1 up. */
export function readCount(name, byDefault) {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string' },
      requests: { type: 'string' },
      bursts: { type: 'string' },
      streams: { type: 'string' },
      megabytes: { type: 'string' },
    },
  })
  const count = Number(values[name] ?? byDefault)
  if (Number.isInteger(count) && count > 0) return count
  throw new RangeError(
    `Expected \`--${name}\` to be a whole number from 1 up, got "${values[name]}"`,
  )
}
