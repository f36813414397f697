import { child, isPresent, readList, readOptionalString, readString } from '../manifest/read.ts'
import type { Field } from '../manifest/read.ts'
import type { Matches, WrittenMatch } from '../mesh/http-match.ts'
import type { Origin } from '../mesh/origin.ts'
import { readRegex } from '../mesh/string-match.ts'
import type { StringMatch } from '../mesh/string-match.ts'

/** A match without conditions. */
export function anything(origin: Origin): WrittenMatch {
  return {
    name: null,
    uri: null,
    ignoreUriCase: false,
    scheme: null,
    method: null,
    authority: null,
    headers: new Map(),
    withoutHeaders: new Map(),
    queryParams: new Map(),
    gateways: [],
    port: null,
    sourceLabels: {},
    sourceNamespace: null,
    origin,
  }
}

/** Reads `headers` or `queryParams`; of two conditions with one name the later counts. */
export function readConditions(field: Field): Matches {
  return new Map(
    readList(field).map((entry) => {
      const type = readOptionalString(child(entry, 'type')) ?? 'Exact'
      const written = child(entry, 'value')
      const value = readString(written)
      const match: StringMatch =
        type === 'RegularExpression' ? regexMatch(written, value) : { kind: 'exact', value }
      return [readString(child(entry, 'name')), match]
    }),
  )
}

/** Reads `method`. */
export function readMethod(field: Field): StringMatch | null {
  return isPresent(field) ? { kind: 'exact', value: readString(field) } : null
}

/** A match of the whole text; `*` is none of RE2's, and asks for presence. */
export function regexMatch(field: Field, value: string): StringMatch {
  return value === '*'
    ? { kind: 'present' }
    : { kind: 'regex', value, regex: readRegex(field, value) }
}
