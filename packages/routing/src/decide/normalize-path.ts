import type { PathNormalization } from '../mesh/mesh-config.ts'

/** The characters that never need an escape (RFC 3986 section 2.3), escaped. */
const UNRESERVED = /%(?:2[de]|3\d|4[1-9a-f]|5[0-9af]|6[1-9a-f]|7[0-9ae])/gi

/** Those that may not stand in a path plainly. */
const UNSAFE = /["<>^`{|}]/g

/** Does what the mesh config's pathNormalization asks for (envoy: ConnectionManagerUtility::maybeNormalizePath). */
export function normalizePath(path: string, normalization: PathNormalization): string {
  if (normalization === 'BASE') return canonicalPath(path)
  if (normalization === 'NONE') return path
  const isDecoded = normalization === 'DECODE_AND_MERGE_SLASHES'
  const plain = isDecoded ? path.replaceAll(/%2f/gi, '/').replaceAll(/%5c/gi, '\\') : path
  return canonicalPath(plain).replaceAll(/\/{2,}/g, '/')
}

/**
 * Removes `.` and `..` segments, turns backslashes, and writes each character in its one form, as Istio has
 * Envoy do before any route is tried: `%61` is an `a`, `|` is `%7C`, `%2F` stays (RFC 3986 sections 5.2.4 and 6.2.2; Envoy: PathUtil::canonicalPath, asked for every
 * byte).
 */
function canonicalPath(path: string): string {
  // The common case costs one search.
  if (!/\/\.|[%\\"<>^`{|}]/.test(path)) return path
  const kept: string[] = []
  const canonical = path
    .replaceAll(UNRESERVED, (escaped) =>
      String.fromCodePoint(Number.parseInt(escaped.slice(1), 16)),
    )
    .replaceAll(UNSAFE, escape)
  const segments = canonical.replaceAll('\\', '/').split('/').slice(1)
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1
    if (segment !== '.' && segment !== '..') kept.push(segment)
    else {
      if (segment === '..') kept.pop()
      if (isLast) kept.push('')
    }
  }
  return `/${kept.join('/')}`
}

function escape(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}
