import type { Route } from '../compile/proxy-config.ts'
import type { RequestView } from './request-view.ts'
import { findFailure } from './route-conditions.ts'

/**
 * The index of the first route that matches; the number of routes where none does.
 *
 * Envoy tries one route after the other. Where many of them ask for an exact value of one header, as lanes
 * do, only those that ask for this request's value are tried here, and those that ask for none: the answer is
 * the same, and ten thousand lanes cost as much as one.
 */
export function firstMatch(routes: readonly Route[], view: RequestView): number {
  const byValue = routes.length < WORTH_AN_INDEX ? null : indexOf(routes)
  return byValue === null ? scan(routes, view) : lookUp(routes, byValue, view)
}

/** Below this a scan is as fast. */
const WORTH_AN_INDEX = 8

/** Routes by the exact value that they want of one header. */
interface ValueIndex {
  /** In lower case. */
  readonly header: string
  readonly byValue: ReadonlyMap<string, readonly number[]>
  /** Those that want no exact value of it. */
  readonly others: readonly number[]
}

/** The routes of a configuration never change. null: no header is asked for often. */
const known = new WeakMap<readonly Route[], ValueIndex | null>()

function indexOf(routes: readonly Route[]): ValueIndex | null {
  let index = known.get(routes)
  if (index === undefined) {
    index = buildIndex(routes)
    known.set(routes, index)
  }
  return index
}

function buildIndex(routes: readonly Route[]): ValueIndex | null {
  const header = mostAskedFor(routes)
  if (header === null) return null
  const byValue = new Map<string, number[]>()
  const others: number[] = []
  for (const [index, route] of routes.entries()) {
    const value = exactValue(route, header)
    if (value === null) others.push(index)
    else {
      const alike = byValue.get(value)
      if (alike === undefined) byValue.set(value, [index])
      else alike.push(index)
    }
  }
  return { header, byValue, others }
}

function mostAskedFor(routes: readonly Route[]): string | null {
  const counts = new Map<string, number>()
  for (const { match } of routes) {
    for (const condition of match.conditions) {
      if (condition.kind !== 'header' || condition.inverted || condition.match.kind !== 'exact')
        continue
      counts.set(condition.name, (counts.get(condition.name) ?? 0) + 1)
    }
  }
  let most: string | null = null
  for (const [name, count] of counts) {
    if (count > (most === null ? WORTH_AN_INDEX - 1 : (counts.get(most) ?? 0))) most = name
  }
  return most
}

function exactValue({ match }: Route, header: string): string | null {
  for (const condition of match.conditions) {
    if (condition.kind !== 'header' || condition.name !== header || condition.inverted) continue
    if (condition.match.kind === 'exact') return condition.match.value
  }
  return null
}

function scan(routes: readonly Route[], view: RequestView): number {
  const index = routes.findIndex(({ match }) => findFailure(match, view) === null)
  return index === -1 ? routes.length : index
}

function lookUp(
  routes: readonly Route[],
  { header, byValue, others }: ValueIndex,
  view: RequestView,
): number {
  let first = firstOf(others, routes, view, routes.length)
  // Repeated headers are compared one by one: any of the values may name the route.
  for (const value of view.header(header) ?? []) {
    first = firstOf(byValue.get(value) ?? none, routes, view, first)
  }
  return first
}

const none: readonly number[] = []

/** The first of `candidates` (ascending) that matches, or `limit` where none before it does. */
function firstOf(
  candidates: readonly number[],
  routes: readonly Route[],
  view: RequestView,
  limit: number,
): number {
  for (const index of candidates) {
    if (index >= limit) return limit
    const route = routes[index]
    if (route !== undefined && findFailure(route.match, view) === null) return index
  }
  return limit
}
