import { readHeader } from '../carrier.ts'
import { readList, setInList } from '../header-list.ts'
import type { HeaderList } from '../header-list.ts'
import type { Propagator } from '../propagator.ts'
import { urlOfRequest } from './request.ts'

/** What a dispatcher of undici is asked for, with the lane of a scope put on. */
export interface Laned {
  /** The very same object where nothing is to be changed. */
  readonly options: object
  readonly isInjected: boolean
}

/**
 * Puts the lane of this scope on the options of a `dispatch`, where the destination may have it; `origin` is
 * for those that name none. A header that the caller set wins; the caller's objects stay as they are.
 *
 * @throws TypeError where the destination is not known, or the headers are none.
 */
export function injectOptions(given: object, origin: unknown, { inject }: Propagator): Laned {
  const options: Record<string, unknown> = { ...given }
  const { headers } = options
  let list = copyHeaders(headers)
  const isInjected = inject([], {
    url: urlOfRequest({ ...options, origin: options['origin'] ?? origin }),
    getter: (_, name) => readHeader(pairsOf(list), name),
    setter: (_, name, value) => {
      list = setInList(list, name, value)
    },
  })
  // What could be iterated once only is at its end: the copy has to stand in for it.
  const isChanged = isInjected || isIterator(headers)
  return { options: isChanged ? withFields(given, { headers: list }) : given, isInjected }
}

/** A copy, with fields in the place of those that bear their names; that of a class stays one of it. */
export function withFields(options: object, fields: object): object {
  const copy: object = Object.create(Object.getPrototypeOf(options))
  return Object.assign(copy, options, fields)
}

/** Whether the headers of options say what this lane would, so that there is nothing to decide. */
export function holdsLane(options: object, header: string, lane: string): boolean {
  const headers: unknown = Reflect.get(options, 'headers')
  if (!Array.isArray(headers)) return isRecord(headers) && readHeader(headers, header) === lane
  return readList(headers, header) === lane
}

// Undici takes a flat list, a record, or anything that gives pairs; a flat list is known to all versions.
function copyHeaders(headers: unknown): HeaderList {
  if (headers === undefined || headers === null) return []
  if (typeof headers !== 'object') throw new TypeError('No headers')
  if (Array.isArray(headers)) return [...headers]
  if (isIterable(headers)) return [...headers].flatMap(([name, value]) => [name, value])
  return Object.entries(headers).flat()
}

function pairsOf(list: HeaderList): unknown[] {
  const names = list.filter((_, index) => index % 2 === 0)
  return names.map((name, index) => [name, list[2 * index + 1]])
}

function isRecord(headers: unknown): headers is object {
  return typeof headers === 'object' && headers !== null && !isIterable(headers)
}

function isIterable(headers: object): headers is Iterable<readonly unknown[]> {
  return typeof Reflect.get(headers, Symbol.iterator) === 'function'
}

function isIterator(headers: unknown): boolean {
  return typeof headers === 'object' && headers !== null && 'next' in headers
}
