/**
 * Removes `.` and `..` segments, percent-encoded or not, and turns backslashes, as Istio has Envoy do before
 * any route is tried (mesh config pathNormalization BASE; RFC 3986 section 5.2.4).
 */
export function normalizePath(path: string): string {
  // The common case costs one search.
  if (!/\/\.|%2e|\\/i.test(path)) return path
  const kept: string[] = []
  const segments = path.replaceAll('\\', '/').split('/').slice(1)
  for (const [index, segment] of segments.entries()) {
    const plain = segment.replaceAll(/%2e/gi, '.')
    const isLast = index === segments.length - 1
    if (plain !== '.' && plain !== '..') kept.push(segment)
    else {
      if (plain === '..') kept.pop()
      if (isLast) kept.push('')
    }
  }
  return `/${kept.join('/')}`
}
