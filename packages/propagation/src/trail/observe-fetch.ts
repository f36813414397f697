import { beginCall, TRAIL_HEADER } from './collector.ts'
import type { NoteAnswer } from './collector.ts'

/**
 * Calls fetch and looks at what it answers; outside of the scope of a trail it only calls. Inside, the promise is one
 * of ours, which says the same: reading that of fetch would count as handling its error, and a rejection that the app
 * does not handle has to be told.
 */
export function observeFetch(call: () => unknown, requested: () => string | URL): unknown {
  const note = beginCall()
  const answer = call()
  if (note === undefined || !(answer instanceof Promise)) return answer
  return passOn(answer, note, requested)
}

async function passOn(
  answer: Promise<unknown>,
  note: NoteAnswer,
  requested: () => string | URL,
): Promise<unknown> {
  const response = await answer
  try {
    const { url, headers }: { url?: unknown; headers?: unknown } = Object(response)
    const get: unknown = Reflect.get(Object(headers), 'get')
    // Empty where somebody made the response by hand.
    const answered = typeof url === 'string' && url !== '' ? url : requested()
    if (typeof get === 'function') note(answered, Reflect.apply(get, headers, [TRAIL_HEADER]))
  } catch {
    // An answer that cannot be read: the trail lacks a hop.
  }
  return response
}
