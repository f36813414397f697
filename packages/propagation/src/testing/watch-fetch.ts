import { replaceFetch } from '../global-fetch.ts'
import type { Spoken } from './call.ts'

/**
 * Notes each call of the global `fetch` that never became a request: somebody (msw, nock, a stub) answered it. Those
 * that became one, `wasSent` knows.
 */
export function watchFetch(
  header: string,
  wasSent: (call: Spoken) => boolean,
  note: (call: Spoken) => void,
): () => void {
  return replaceFetch((fetch) => async (input, init) => {
    // As fetch reads its arguments; a stream that is given is not touched by that.
    const { method, url, headers } = new Request(input instanceof Request ? input.clone() : input, {
      ...init,
      body: null,
    })
    const call = { method, url, lane: headers.get(header) ?? undefined }
    try {
      return await fetch(input, init)
    } finally {
      if (!wasSent(call)) note(call)
    }
  })
}
