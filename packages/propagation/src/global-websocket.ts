import { copyHeaders, readFetchHeader } from './fetch-headers.ts'
import type { Propagator } from './propagator.ts'

/**
 * Makes the handshake of every WebSocket of Node 22 and later carry the lane of the scope that makes it, where
 * the destination may have it. A header that the caller set wins. The class stays the same but for that:
 * `instanceof`, its constants and classes that extend it work as before. Nothing where Node has none.
 *
 * @returns a function that puts it back, unless somebody has replaced ours since.
 */
export function propagateWebSocket(propagator: Propagator): () => void {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'WebSocket')
  if (before?.configurable !== true) return () => undefined
  // Reads it as Node defined it, which may be lazily.
  const slot = Object.defineProperty({}, 'WebSocket', before)
  let found: unknown
  let made: unknown
  // Read when it is asked for, as Node itself does, which loads it then.
  function get(): unknown {
    const current: unknown = Reflect.get(slot, 'WebSocket', globalThis)
    if (made === undefined || current !== found) made = carryLane(current, propagator)
    found = current
    return made
  }
  function set(value: unknown): void {
    Reflect.defineProperty(globalThis, 'WebSocket', {
      value,
      configurable: true,
      enumerable: before?.enumerable === true,
      writable: true,
    })
  }
  Reflect.defineProperty(globalThis, 'WebSocket', {
    get,
    set,
    configurable: true,
    enumerable: before.enumerable === true,
  })
  return () => {
    const now = Object.getOwnPropertyDescriptor(globalThis, 'WebSocket')
    if (now?.get === get) Reflect.defineProperty(globalThis, 'WebSocket', before)
  }
}

function carryLane(original: unknown, propagator: Propagator): unknown {
  if (typeof original !== 'function') return original
  const made: object = new Proxy(original, {
    construct(target, args: unknown[], newTarget) {
      const newClass = newTarget === made ? target : newTarget
      return Object(Reflect.construct(target, withLane(args, propagator), newClass))
    },
  })
  return made
}

// The very same arguments where the lane does not go there, and where WebSocket itself will complain.
function withLane(args: unknown[], propagator: Propagator): unknown[] {
  if (propagator.outboundLane() === undefined) return args
  try {
    const [url, given, ...rest] = args
    const options = readOptions(given)
    const headers = copyHeaders(options.headers ?? {})
    const isInjected = propagator.inject(headers, { url: String(url), getter: readFetchHeader })
    return isInjected ? [url, { ...options, headers }, ...rest] : args
  } catch {
    return args
  }
}

// Beside the protocols that browsers take, Node takes options in their place (undici, WebSocketInit).
function readOptions(given: unknown): { headers?: unknown } {
  if (given === undefined) return {}
  const isOptions = typeof given === 'object' && given !== null && !(Symbol.iterator in given)
  return isOptions ? given : Object({ protocols: given })
}
