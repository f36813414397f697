import {
  attempt,
  child,
  isPresent,
  readBoolean,
  readEntries,
  readList,
  nameOf,
  readOptionalPort,
  readStringMap,
  readStrings,
  readText,
  reportNotModelled,
} from '../manifest/read.ts'
import type { Field } from '../manifest/read.ts'
import type { Resource } from '../manifest/resource.ts'
import { resolveGateway } from './host.ts'
import type { Labels } from './labels.ts'
import { originOf } from './origin.ts'
import type { Origin } from './origin.ts'
import { isClaim, routeMatchOf } from './route-match.ts'
import type { RouteMatch } from './route-match.ts'
import { readOptionalMatch, readStringMatch } from './string-match.ts'
import type { StringMatch } from './string-match.ts'

/** One `match[]` entry. All but `request` is decided when a proxy is configured, not for each request. */
export interface HttpMatch {
  readonly name: string | null
  readonly request: RouteMatch
  /** `mesh` or `NAMESPACE/NAME`; where there are any, the source is not looked at. */
  readonly gateways: readonly string[]
  readonly port: number | null
  readonly sourceLabels: Labels
  readonly sourceNamespace: string | null
  readonly origin: Origin
}

/** A `match[]` entry as it is written: what a root and its delegate say is put together before Envoy sees it. */
export interface WrittenMatch extends Omit<HttpMatch, 'request'> {
  readonly uri: StringMatch | null
  readonly ignoreUriCase: boolean
  readonly scheme: StringMatch | null
  readonly method: StringMatch | null
  readonly authority: StringMatch | null
  readonly headers: Matches
  readonly withoutHeaders: Matches
  readonly queryParams: Matches
}

/** Conditions by the name of the header or parameter, as written. */
export type Matches = ReadonlyMap<string, StringMatch>

/** The `match` entries of a rule; null where all of them are unreadable, for none would match everything. */
export function readMatches(
  field: Field,
  namespace: string,
  resource: Resource,
): WrittenMatch[] | null {
  const written = readList(field)
  const matches = written.flatMap((entry) => {
    const match = attempt(() => readMatch(entry, namespace, resource))
    return match === undefined ? [] : [match]
  })
  return written.length > 0 && matches.length === 0 ? null : matches
}

/** What Envoy and istiod make of a written match. */
export function httpMatch(written: WrittenMatch): HttpMatch {
  const { name, gateways, port, sourceLabels, sourceNamespace, origin } = written
  const request = routeMatchOf(written)
  return { name, request, gateways, port, sourceLabels, sourceNamespace, origin }
}

function readMatch(field: Field, namespace: string, resource: Resource): WrittenMatch {
  const uri = child(field, 'uri')
  return {
    name: readText(child(field, 'name')),
    uri: isPresent(uri) ? readStringMatch(uri) : null,
    ignoreUriCase: readBoolean(child(field, 'ignoreUriCase')),
    scheme: readOptionalMatch(child(field, 'scheme')),
    method: readOptionalMatch(child(field, 'method')),
    authority: readOptionalMatch(child(field, 'authority')),
    headers: readByName(child(field, 'headers')),
    withoutHeaders: readByName(child(field, 'withoutHeaders'), true),
    queryParams: readByName(child(field, 'queryParams'), true),
    gateways: readStrings(child(field, 'gateways')).map((one) => resolveGateway(one, namespace)),
    port: readOptionalPort(child(field, 'port')),
    sourceLabels: readStringMap(child(field, 'sourceLabels')),
    sourceNamespace: readText(child(field, 'sourceNamespace')),
    origin: originOf(field, resource),
  }
}

function readByName(field: Field, starIsPresent = false): Matches {
  return new Map(
    readEntries(field).map(([name, entry]) => {
      if (isClaim(name)) {
        const what = `${nameOf(entry)} (a JWT claim)`
        reportNotModelled(entry, what, 'take every request to carry none')
      }
      return [name, readStringMatch(entry, starIsPresent)]
    }),
  )
}
