import type { ProxyConfig, Route } from '../compile/proxy-config.ts'
import type { Condition } from '../mesh/route-match.ts'
import { prepare } from './prepare.ts'
import type { Prepared } from './prepare.ts'
import type { RequestView } from './request-view.ts'
import { allHold } from './route-conditions.ts'

/** A route of a virtual host, with what is known of it whatever the request is. */
export interface TableRoute {
  readonly index: number
  readonly route: Route
  /** The conditions that are left where the table has found the route. */
  readonly conditions: readonly Condition[]
  /** Of those that ask for the same value of the table's header, the next. */
  next: TableRoute | null
  /** Made for the first request that the route takes; null: it turns on the request. */
  prepared: Prepared | null | undefined
  /** Whose clusters it is prepared with. */
  config: ProxyConfig | null
}

/**
 * The first route that matches; null where none does.
 *
 * Envoy tries one route after the other. Where many of them ask for an exact value of one header, as lanes
 * do, only those that ask for this request's value are tried here, and those that ask for none: the answer is
 * the same, and ten thousand lanes cost as much as one.
 */
export function findRoute(routes: readonly Route[], view: RequestView): TableRoute | null {
  const { header, byValue, others } = tableOf(routes)
  let first = firstOf(others, view)
  if (header === null) return first
  // Repeated headers are compared one by one: any of the values may name the route.
  for (const value of view.header(header) ?? []) {
    for (let one = byValue.get(value) ?? null; one !== null; one = one.next) {
      if (first !== null && one.index >= first.index) break
      if (!allHold(one.conditions, view)) continue
      first = one
      break
    }
  }
  return first
}

/** What a request gets from the route whatever else it asks for; null: the route has to look at it. */
export function preparedFor(found: TableRoute, config: ProxyConfig): Prepared | null {
  if (found.prepared === undefined || found.config !== config) {
    found.prepared = prepare(config, found.index, found.route)
    found.config = config
  }
  return found.prepared
}

/** Below this a scan is as fast. */
const WORTH_AN_INDEX = 8

/** Routes by the exact value that they want of one header. */
interface RouteTable {
  /** In lower case; null: no header is asked for often. */
  readonly header: string | null
  /** The first of each value; the memory of ten thousand lanes is what they cost, so that each is in one place. */
  readonly byValue: ReadonlyMap<string, TableRoute>
  /** Those that want no exact value of it, in order. */
  readonly others: readonly TableRoute[]
}

/** The routes of a configuration never change. */
const tables = new WeakMap<readonly Route[], RouteTable>()

function tableOf(routes: readonly Route[]): RouteTable {
  let table = tables.get(routes)
  if (table === undefined) {
    table = buildTable(routes)
    tables.set(routes, table)
  }
  return table
}

function buildTable(routes: readonly Route[]): RouteTable {
  const header = routes.length < WORTH_AN_INDEX ? null : mostAskedFor(routes)
  const byValue = new Map<string, TableRoute>()
  const lasts = new Map<string, TableRoute>()
  const others: TableRoute[] = []
  for (const [index, route] of routes.entries()) {
    const asks = header === null ? null : exactCondition(route, header)
    const { conditions } = route.match
    const entry: TableRoute = {
      index,
      route,
      conditions: asks === null ? conditions : without(conditions, asks.condition),
      next: null,
      prepared: undefined,
      config: null,
    }
    if (asks === null) {
      others.push(entry)
      continue
    }
    const last = lasts.get(asks.value)
    if (last === undefined) byValue.set(asks.value, entry)
    else last.next = entry
    lasts.set(asks.value, entry)
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

function exactCondition(
  { match }: Route,
  header: string,
): { readonly condition: Condition; readonly value: string } | null {
  for (const condition of match.conditions) {
    if (condition.kind !== 'header' || condition.name !== header || condition.inverted) continue
    if (condition.match.kind === 'exact') return { condition, value: condition.match.value }
  }
  return null
}

/** An empty list is the same one for all: it is looked at for each request. */
function without(conditions: readonly Condition[], one: Condition): readonly Condition[] {
  return conditions.length === 1 ? none : conditions.filter((other) => other !== one)
}

const none: readonly Condition[] = []

function firstOf(candidates: readonly TableRoute[], view: RequestView): TableRoute | null {
  for (const one of candidates) if (allHold(one.conditions, view)) return one
  return null
}
