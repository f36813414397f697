import { readHeader } from './carrier.ts'

/**
 * A copy of a HeadersInit in the shape that the caller chose, which a fetch of its own may rely on.
 *
 * @throws TypeError where it is none.
 */
export function copyHeaders(given: unknown): object {
  if (!isObject(given)) throw new TypeError('No headers')
  if (given instanceof Headers) return new Headers(given)
  return isIterable(given) ? [...given] : { ...given }
}

/** Reads a header as fetch does, which sends an undefined value as text, so that it is a header here. */
export function readFetchHeader(headers: object, name: string): unknown {
  const isRecord = !(headers instanceof Headers) && !Array.isArray(headers)
  return readHeader(isRecord ? Object.entries(headers) : headers, name)
}

function isIterable(value: object): value is Iterable<unknown> {
  return typeof Reflect.get(value, Symbol.iterator) === 'function'
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
