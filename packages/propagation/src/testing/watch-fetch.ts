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
    const call = readCall(input, init, header)
    try {
      return await fetch(input, init)
    } finally {
      if (call !== undefined && !wasSent(call)) note(call)
    }
  })
}

/** What fetch is asked for; undefined where it will refuse. Bodies are not touched. */
function readCall(
  input: string | URL | Request,
  init: RequestInit | undefined,
  header: string,
): Spoken | undefined {
  try {
    const given = input instanceof Request ? input : undefined
    const { method, url, headers } = new Request(input instanceof Request ? input.url : input, {
      method: init?.method ?? given?.method ?? 'GET',
      headers: init?.headers ?? given?.headers ?? [],
    })
    const [address = url] = url.split('#')
    return { method, url: address, lane: headers.get(header) ?? undefined }
  } catch {
    return undefined
  }
}
