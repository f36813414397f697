import { child, readList, readString, readStrings, refuse } from '../manifest/read.ts'
import type { Field } from '../manifest/read.ts'
import type { Header } from '../decision.ts'
import { noOperations, readHeaderValue, routeHeaders } from '../mesh/header-operations.ts'
import type { RouteHeaders } from '../mesh/header-operations.ts'
import type { HeaderOperations } from '../decision.ts'

/** Reads a `RequestHeaderModifier` and a `ResponseHeaderModifier`. */
export function readModifiers(request: Field | null, response: Field | null): RouteHeaders {
  return routeHeaders(readModifier(request), readModifier(response))
}

function readModifier(field: Field | null): HeaderOperations {
  if (field === null) return noOperations
  return {
    set: readHeaders(child(field, 'set')),
    add: readHeaders(child(field, 'add')),
    remove: readStrings(child(field, 'remove')),
  }
}

/** Of two entries with one name the first counts, and Istio writes names in lower case (headerListToMap). */
function readHeaders(field: Field): Header[] {
  const headers = new Map<string, string>()
  for (const entry of readList(field)) {
    const name = readString(child(entry, 'name')).toLowerCase()
    const written = child(entry, 'value')
    const value = readHeaderValue(written)
    if (!isHeaderValue(value)) refuse(written, 'has a character that no header may have')
    if (!headers.has(name)) headers.set(name, value)
  }
  return [...headers]
}

function isHeaderValue(value: string): boolean {
  return /^[\t -~\u0080-\uFFFF]*$/.test(value)
}
