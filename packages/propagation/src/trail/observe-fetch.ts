import { beginCall, TRAIL_HEADER } from './collector.ts'
import type { NoteAnswer } from './collector.ts'

/**
 * Calls fetch and looks at what it answers; outside of the scope of a trail it only calls. The promise is the very
 * one that fetch answered, whose first reader we are.
 */
export function observeFetch(call: () => unknown, requested: () => string | URL): unknown {
  const note = beginCall()
  const answer = call()
  if (note === undefined || !(answer instanceof Promise)) return answer
  void noteAnswer(answer, note, requested)
  return answer
}

async function noteAnswer(
  answer: Promise<unknown>,
  note: NoteAnswer,
  requested: () => string | URL,
): Promise<void> {
  try {
    const { url, headers }: { url?: unknown; headers?: unknown } = Object(await answer)
    const get: unknown = Reflect.get(Object(headers), 'get')
    if (typeof get !== 'function') return
    // Empty where somebody made the response by hand.
    const answered = typeof url === 'string' && url !== '' ? url : requested()
    note(answered, Reflect.apply(get, headers, [TRAIL_HEADER]))
  } catch {
    // No answer, or none that can be read: the trail lacks a hop.
  }
}
