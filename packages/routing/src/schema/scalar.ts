import { describe } from '../manifest/read.ts'
import { closest } from './closest.ts'
import { say } from './context.ts'
import type { Context } from './context.ts'
import type { SchemaNode } from './node.ts'

/** Checks the enum, the bounds and the pattern of a value that is neither object nor list. */
export function checkScalar(context: Context, value: unknown, node: SchemaNode): void {
  const { e, re, f } = node
  if (e !== undefined && !e.includes(value)) {
    const texts = e.map(String)
    const meant = closest(String(value), texts)
    const hint = meant === null || e.length < 4 ? '' : `; did you mean ${meant}?`
    const because = `must be ${oneOf(texts)}, got ${describe(value)}${hint}`
    return say(context, [], 'bad-value', because)
  }
  if (typeof value === 'number') return checkBounds(context, value, node.lo, node.hi, '')
  if (typeof value !== 'string') return
  checkBounds(context, value.length, node.sl, node.sh, 'characters')
  if (f !== undefined && !formats[f].test(value)) {
    say(context, [], 'bad-value', `must be an address (${f}), got ${describe(value)}`)
  }
  if (re !== undefined && !patternOf(re).test(value)) {
    say(context, [], 'bad-value', `must match the pattern ${re}, got ${describe(value)}`)
  }
}

/** Checks a number, or the size of something, against bounds. `unit` is what is counted; '' for a number. */
export function checkBounds(
  context: Context,
  value: number,
  least: number | undefined,
  most: number | undefined,
  unit: string,
): void {
  const words = unit === '' ? 'must be' : 'must have'
  if (least !== undefined && value < least) {
    const got = unit === 'characters' && value === 0 ? 'an empty text' : String(value)
    say(context, [], 'bad-value', `${words} at least ${least} ${unit}`.trimEnd() + `, got ${got}`)
  }
  if (most !== undefined && value > most) {
    say(context, [], 'bad-value', `${words} at most ${most} ${unit}`.trimEnd() + `, got ${value}`)
  }
}

const formats = {
  ipv4: /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/,
  ipv6: /^(?=.*:.*:)[\da-f:.]+$/i,
}

const patterns = new Map<string, RegExp>()

function patternOf(text: string): RegExp {
  const known = patterns.get(text)
  if (known !== undefined) return known
  const pattern = new RegExp(text)
  patterns.set(text, pattern)
  return pattern
}

/** `a, b or c` */
export function oneOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}
