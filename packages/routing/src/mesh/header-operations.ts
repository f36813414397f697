import type { Header, HeaderOperations } from '../decision.ts'
import {
  nameOf,
  child,
  readEntries,
  readString,
  readStrings,
  reportNotModelled,
} from '../manifest/read.ts'
import type { Field } from '../manifest/read.ts'
import { compareText } from './host.ts'

/** What a `headers` block of a VirtualService does. */
export interface RouteHeaders {
  readonly request: HeaderOperations
  readonly response: HeaderOperations
  /** A new Host: setting `host` or `:authority` is a rewrite, not a header operation. */
  readonly authority: string | null
}

/** Nothing to do. */
export const noOperations: HeaderOperations = { set: [], add: [], remove: [] }

/** A `headers` block that does nothing. */
export const noRouteHeaders: RouteHeaders = {
  request: noOperations,
  response: noOperations,
  authority: null,
}

/** Reads a `headers` block, absent or not. */
export function readRouteHeaders(field: Field): RouteHeaders {
  const request = readOperations(child(field, 'request'))
  return routeHeaders(request, readOperations(child(field, 'response')))
}

/** What a `headers` block with these operations does. */
export function routeHeaders(request: HeaderOperations, response: HeaderOperations): RouteHeaders {
  return {
    request: withoutInternal(request),
    response: withoutInternal(response),
    // `set` before `add` where both name it (istio: route.go, TranslateHeadersOperations).
    authority: authorityIn(request.set) ?? authorityIn(request.add),
  }
}

/**
 * One list of operations that does what `first` and then `then` do. Envoy removes, then sets, then adds
 * (source/common/router/header_parser.cc, evaluateHeaders), and so must whoever applies the result.
 */
export function inSequence(first: HeaderOperations, then: HeaderOperations): HeaderOperations {
  if (isNothing(then)) return first
  if (isNothing(first)) return then
  const overruled = new Set([...then.remove, ...then.set.map(([name]) => name)].map(lower))
  const survives = ([name]: Header) => !overruled.has(lower(name))
  return {
    remove: [...new Set([...first.remove, ...then.remove])],
    set: [...first.set.filter(survives), ...then.set],
    add: [...first.add.filter(survives), ...then.add],
  }
}

/**
 * One list of the operations of both at once: a removal of either comes first, the `set` of `second` wins,
 * and the additions of both stay. Istio joins a route and its only destination so
 * (route.go, processDestination).
 */
export function together(first: HeaderOperations, second: HeaderOperations): HeaderOperations {
  if (isNothing(second)) return first
  if (isNothing(first)) return second
  const overruled = new Set(second.set.map(([name]) => lower(name)))
  return {
    remove: [...new Set([...first.remove, ...second.remove])],
    set: [...first.set.filter(([name]) => !overruled.has(lower(name))), ...second.set],
    add: [...first.add, ...second.add],
  }
}

function readOperations(field: Field): HeaderOperations {
  return {
    set: readHeaderMap(child(field, 'set')),
    add: readHeaderMap(child(field, 'add')),
    remove: readStrings(child(field, 'remove')),
  }
}

function withoutInternal({ set, add, remove }: HeaderOperations): HeaderOperations {
  const operations = {
    set: sorted(set.filter(([name]) => !isInternal(name))),
    add: sorted(add.filter(([name]) => !isInternal(name))),
    remove: remove.filter((name) => !isInternal(name)),
  }
  return isNothing(operations) ? noOperations : operations
}

function sorted(headers: readonly Header[]): readonly Header[] {
  return headers.toSorted(([a], [b]) => compareText(a, b))
}

function readHeaderMap(field: Field): Header[] {
  return readEntries(field).map(([name, value]): Header => [name, readHeaderValue(value)])
}

/** Reads a header's value, which is a format of Envoy's: `%%` is a percent sign, `%REQ(x)%` a command. */
export function readHeaderValue(field: Field): string {
  const written = readString(field)
  if (!written.includes('%')) return written
  if (/%/.test(written.replaceAll('%%', ''))) {
    const what = `the command in ${nameOf(field)} ${JSON.stringify(written)}`
    reportNotModelled(field, what, 'pass it on as it is written')
    return written
  }
  return written.replaceAll('%%', '%')
}

function authorityIn(headers: readonly Header[]): string | null {
  const found = headers.find(([name]) => lower(name) === 'host' || lower(name) === ':authority')
  return found === undefined || found[1] === '' ? null : found[1]
}

/** Names that Envoy does not let a rule change (istio: route.go, isInternalHeader). */
function isInternal(name: string): boolean {
  return name.startsWith(':') || lower(name) === 'host'
}

function isNothing({ set, add, remove }: HeaderOperations): boolean {
  return set.length === 0 && add.length === 0 && remove.length === 0
}

function lower(name: string): string {
  return name.toLowerCase()
}
