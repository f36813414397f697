import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { readList, setInList } from '../header-list.ts'
import type { HeaderList } from '../header-list.ts'
import type { Propagator } from '../propagator.ts'
import { replaceMethod } from '../replace-method.ts'
import { listHeaders, requestOf, writeHeaders } from '../undici/request.ts'
import type { UndiciRequest } from '../undici/request.ts'

/**
 * Keeps others from putting the lane on a request of undici while `undici:request:create` is told. OpenTelemetry's
 * instrumentation does so in the context of that moment, which on a bounded pool is that of another request up to
 * undici 8.12.2: the lane has to be there already, from the call.
 *
 * @returns a function that removes it.
 */
export function fenceUndici({ fields }: Propagator): () => void {
  const removals: Array<() => void> = []
  const seen = new WeakSet<object>()
  const onMessage = (message: unknown): void => {
    try {
      const prototype = Reflect.getPrototypeOf(Object(requestOf(message)))
      if (prototype === null || seen.has(prototype)) return
      seen.add(prototype)
      keepFirst(requestOf(message), fields)
      removals.push(fence(prototype, fields))
    } catch {
      // A subscriber that throws would end the process.
    }
  }
  subscribe('undici:request:create', onMessage)
  return () => {
    unsubscribe('undici:request:create', onMessage)
    removals.forEach((remove) => remove())
  }
}

// What came from the call is first.
function keepFirst(request: UndiciRequest | undefined, fields: readonly string[]): void {
  if (request === undefined) return
  const list = listHeaders(request)
  const repeated = fields.filter(
    (field) => list.filter((name, at) => at % 2 === 0 && isNamed(name, field)).length > 1,
  )
  if (repeated.length === 0) return
  const kept = repeated.reduce<HeaderList>(
    (made, field) => setInList(made, field, readList(made, field)),
    list,
  )
  writeHeaders(request, kept)
}

function isNamed(name: unknown, field: string): boolean {
  return typeof name === 'string' && name.toLowerCase() === field
}

// On the prototype, and so from the second request on: nobody tells which subscriber comes first. The first
// request of a copy of undici waits in no queue, so that its context is its own.
function fence(prototype: object, fields: readonly string[]): () => void {
  let isOn = true
  const putBack = replaceMethod(
    prototype,
    'addHeader',
    (original) =>
      function addHeader(this: unknown, ...args: unknown[]): unknown {
        const isOurs = isOn && fields.includes(String(args[0]).toLowerCase())
        return isOurs ? this : Reflect.apply(original, this, args)
      },
  )
  return () => {
    isOn = false
    putBack()
  }
}
