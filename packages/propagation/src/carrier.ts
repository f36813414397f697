/**
 * What a header is written to or read from: a plain record (`req.headers`, a message's headers), a list of
 * `[name, value]` pairs, or anything with `get` and `set` (`Headers`, `Map`, gRPC's `Metadata`).
 */
export type Carrier = object

/**
 * Reads a header from a carrier of one's own kind. `header` is in lower case; the answer is a string, an
 * array of them for a repeated header, or undefined for none.
 */
export type Getter<C> = (carrier: C, header: string) => unknown

/** Writes a header to a carrier of one's own kind. `header` is in lower case. */
export type Setter<C> = (carrier: C, header: string, value: string) => void

/**
 * Reads a header whatever the case of its name: undefined where there is none, an array where several
 * entries bear the name. A null that the caller put there reads as the empty string, for it is no absence.
 */
export function readHeader(carrier: unknown, header: string): unknown {
  if (typeof carrier !== 'object' || carrier === null) return undefined
  if (carrier instanceof Map) return collect(carrier.entries(), header)
  if (Array.isArray(carrier)) return collect(carrier, header)
  if (hasMethod(carrier, 'get')) return readByGet(carrier, header)
  return readRecord(carrier, header)
}

/** Writes a header: by `set` where the carrier has it, as one more pair, or as a property. */
export function writeHeader(carrier: Carrier, header: string, value: string): void {
  if (Array.isArray(carrier)) carrier.push([header, value])
  else if (hasMethod(carrier, 'set')) carrier.set(header, value)
  else define(carrier, header, value)
}

/** Writes a header in the place of all that bear its name. */
export function replaceHeader(carrier: Carrier, header: string, value: string): void {
  // `set` replaces by itself, but in a Map, which tells `Baggage` from `baggage`.
  if (!hasMethod(carrier, 'set') || carrier instanceof Map) deleteHeader(carrier, header)
  writeHeader(carrier, header, value)
}

/** Takes a header off a record, pairs or a Map, whatever the case of its name; tells whether it was there. */
export function deleteHeader(carrier: Carrier, header: string): boolean {
  if (carrier instanceof Map) {
    const named = [...carrier.keys()].filter((name) => isNamed(name, header))
    for (const name of named) carrier.delete(name)
    return named.length > 0
  }
  if (Array.isArray(carrier)) {
    const others = carrier.filter((pair) => !isNamed(Reflect.get(Object(pair), 0), header))
    if (others.length === carrier.length) return false
    carrier.splice(0, carrier.length, ...others)
    return true
  }
  let found = false
  for (const name of Object.keys(carrier)) {
    if (isSameName(name, header)) found = Reflect.deleteProperty(carrier, name) || found
  }
  return found
}

function readByGet(carrier: Record<'get', (name: string) => unknown>, header: string): unknown {
  if (hasMethod(carrier, 'has')) {
    return carrier.has(header) === true ? (carrier.get(header) ?? '') : undefined
  }
  return carrier.get(header) ?? undefined
}

function readRecord(carrier: object, header: string): unknown {
  const found: unknown[] = []
  for (const name of Object.keys(carrier)) {
    if (!isSameName(name, header)) continue
    const value: unknown = Reflect.get(carrier, name)
    if (value !== undefined) found.push(value ?? '')
  }
  return single(found)
}

function collect(entries: Iterable<unknown>, header: string): unknown {
  const found: unknown[] = []
  for (const entry of entries) {
    const [name, value]: readonly unknown[] = Array.isArray(entry) ? entry : []
    if (isNamed(name, header)) found.push(value ?? '')
  }
  return single(found)
}

function single(found: readonly unknown[]): unknown {
  return found.length > 1 ? found.flat() : found[0]
}

function isNamed(name: unknown, header: string): boolean {
  return typeof name === 'string' && isSameName(name, header)
}

// The length first: it settles nearly every name of a request without making a string.
function isSameName(name: string, header: string): boolean {
  return name.length === header.length && name.toLowerCase() === header
}

function define(carrier: object, header: string, value: string): void {
  if (!Reflect.set(carrier, header, value)) {
    throw new TypeError(`Cannot write "${header}": the carrier is read-only`)
  }
}

function hasMethod<K extends string>(
  carrier: object,
  name: K,
): carrier is Record<K, (...args: unknown[]) => unknown> {
  return typeof Reflect.get(carrier, name) === 'function'
}
