import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { requestOf, urlOfRequest } from '../undici/request.ts'
import { readHead } from './call.ts'
import type { Spoken } from './call.ts'

/** Notes each request of undici and the built-in fetch when its head is sent, each hop of a redirect by itself. */
export function watchUndici(header: string, note: (call: Spoken) => void): () => void {
  const listener = (message: unknown): void => {
    const request = requestOf(message)
    const head: unknown = Reflect.get(Object(message), 'headers')
    if (request === undefined || typeof head !== 'string') return
    const lane = readHead(head, header)
    note({ method: String(request.method), url: urlOfRequest(request), lane })
  }
  subscribe('undici:client:sendHeaders', listener)
  return () => void unsubscribe('undici:client:sendHeaders', listener)
}
