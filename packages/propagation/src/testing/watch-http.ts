import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { ClientRequest } from 'node:http'
import { urlOfClientRequest } from '../client-request.ts'
import { readHead } from './call.ts'
import type { Spoken } from './call.ts'

/** Notes each request of node:http and node:https when its head is final, one that nock or msw answers included. */
export function watchHttp(header: string, note: (call: Spoken) => void): () => void {
  const listener = (message: unknown): void => {
    const request: unknown = Reflect.get(Object(message), 'request')
    if (!(request instanceof ClientRequest)) return
    // Node's own property, and the only one that has what an array of headers became.
    const head = String(Reflect.get(request, '_header') ?? '')
    const url = urlOfClientRequest(request, readHead(head, 'host'))
    note({ method: request.method, url, lane: readHead(head, header) })
  }
  subscribe('http.client.request.start', listener)
  return () => void unsubscribe('http.client.request.start', listener)
}
