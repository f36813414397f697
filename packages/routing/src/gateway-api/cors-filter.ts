import { child, readList, readString } from '../manifest/read.ts'
import type { Field } from '../manifest/read.ts'
import type { CorsPolicy } from '../mesh/cors.ts'
import { readRegex } from '../mesh/string-match.ts'
import type { StringMatch } from '../mesh/string-match.ts'

/** Reads a `CORS` filter (istio: createCorsFilter): a preflight from elsewhere is answered, not passed on. */
export function readCorsFilter(field: Field): CorsPolicy {
  const origins = readList(child(field, 'allowOrigins'))
  return { allowOrigins: origins.flatMap((origin) => readOrigin(origin)), forwardsUnmatched: false }
}

function readOrigin(field: Field): StringMatch[] {
  const value = readString(field)
  if (value === '') return []
  if (value === '*') return [regex(field, anyOrigin)]
  if (!value.includes('*')) return [{ kind: 'exact', value }]
  if (value.indexOf('*') === value.length - 1)
    return [{ kind: 'prefix', value: value.slice(0, -1) }]
  const pattern = value.replaceAll(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`)
  return [regex(field, `^${pattern.replaceAll(String.raw`\*`, '.*')}$`)]
}

const anyOrigin = String.raw`^[a-zA-Z][a-zA-Z0-9+.-]*://[^/\s?#]+$`

function regex(field: Field, value: string): StringMatch {
  return { kind: 'regex', value, regex: readRegex(field, value) }
}
