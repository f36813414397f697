import { isAnswer } from '../answer.ts'
import type { Answer, NoAnswer } from '../answer.ts'
import { canonical } from './canonical.ts'

/** A field of an answer in which engine and oracle are not of one mind. */
export interface Difference {
  /** `outcome.cluster` */
  readonly field: string
  readonly engine: unknown
  readonly oracle: unknown
}

/**
 * In what two answers to one request differ; nothing: they agree. Whoever cannot answer where the other can
 * differs in `error`.
 *
 * @param made the oracle's verdict says which addresses it made up
 */
export function compare(
  engine: Answer | NoAnswer,
  oracle: Answer | NoAnswer,
  made: Readonly<Record<string, string>> = {},
): Difference[] {
  if (!isAnswer(engine) || !isAnswer(oracle)) {
    const errors = [engine, oracle].map((one) => (isAnswer(one) ? null : one.error))
    // In what words they refuse is up to each.
    if (errors.every((error) => error !== null)) return []
    return [{ field: 'error', engine: errors[0], oracle: errors[1] }]
  }
  const differences: Difference[] = []
  collect('', canonical(engine, made), canonical(oracle, made), differences)
  return differences
}

/** Objects are compared field by field, lists and the rest as a whole. */
function collect(path: string, engine: unknown, oracle: unknown, into: Difference[]): void {
  if (isRecord(engine) && isRecord(oracle)) {
    for (const key of new Set([...Object.keys(engine), ...Object.keys(oracle)])) {
      collect(path === '' ? key : `${path}.${key}`, engine[key], oracle[key], into)
    }
    return
  }
  if (text(engine) !== text(oracle)) into.push({ field: path, engine, oracle })
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Without regard to the order of keys. */
function text(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(text).join()}]`
  if (!isRecord(value)) return JSON.stringify(value ?? null)
  const keys = Object.keys(value).toSorted()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${text(value[key])}`).join()}}`
}
