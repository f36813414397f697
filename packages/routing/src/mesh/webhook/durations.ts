import { isPresent } from '../../manifest/read.ts'
import type { Field } from '../../manifest/read.ts'
import { parseDuration } from '../duration.ts'
import { say, textOf } from './say.ts'

/** Checks a duration, where there is one: whole milliseconds, at least one (istio: agent.ValidateDuration). */
export function checkDuration(field: Field): void {
  if (!isPresent(field)) return
  const ms = parseDuration(textOf(field))
  if (ms === null || ms < 1 || !Number.isInteger(ms)) say(field, 'must be whole milliseconds')
}
