import { parseArgs } from 'node:util'

const OPTIONS = {
  rounds: { type: 'string' },
  requests: { type: 'string' },
  bursts: { type: 'string' },
  streams: { type: 'string' },
  megabytes: { type: 'string' },
  hello: { type: 'boolean' },
}

/** The value of `--name N`, a whole number from 1 up. */
export function readCount(name, byDefault) {
  const { values } = parseArgs({ options: OPTIONS })
  const count = Number(values[name] ?? byDefault)
  if (Number.isInteger(count) && count > 0) return count
  throw new RangeError(
    `Expected \`--${name}\` to be a whole number from 1 up, got "${String(values[name])}"`,
  )
}

/** Whether `--name` is given. */
export function readFlag(name) {
  return parseArgs({ options: OPTIONS }).values[name] === true
}
