import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { readList, setInList } from '../header-list.ts'
import type { HeaderList } from '../header-list.ts'
import type { Propagator } from '../propagator.ts'
import { listHeaders, requestOf, urlOfRequest, writeHeaders } from './request.ts'
import type { UndiciRequest } from './request.ts'

/**
 * Takes the header off every request of undici and of the built-in fetch whose destination may not have it,
 * whoever set it, each hop of a redirect included. It never puts one on: where a pool is full, the channel
 * speaks in the scope of another request (fixed in undici 8.12.3). Taking off needs no scope.
 *
 * @returns a function that removes it.
 */
export function guardUndici(propagator: Propagator): () => void {
  const onMessage = (message: unknown): void => {
    try {
      const request = requestOf(message)
      if (request !== undefined) stripRequest(propagator, request)
    } catch {
      // A subscriber that throws would end the process.
    }
  }
  subscribe('undici:request:create', onMessage)
  return () => void unsubscribe('undici:request:create', onMessage)
}

/** Takes the header off one request whose destination may not have it. */
export function stripRequest({ fields, strip }: Propagator, request: UndiciRequest): void {
  const list = listHeaders(request)
  const before = fields.map((name) => readList(list, name))
  if (before.every((value) => value === undefined)) return
  const carrier: Record<string, unknown> = {}
  for (const [index, name] of fields.entries()) carrier[name] = before[index]
  if (!strip(carrier, urlOfRequest(request))) return
  const changed = fields.filter((name, index) => carrier[name] !== before[index])
  const others = changed.reduce<HeaderList>(
    (made, name) => setInList(made, name, carrier[name]),
    list,
  )
  writeHeaders(request, others)
}
