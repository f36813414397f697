import type { Header, HttpVersion, Request } from '../decision.ts'
import type { PathNormalization } from '../mesh/mesh-config.ts'
import { normalizePath } from './normalize-path.ts'

/** A request as route conditions look at it. */
export interface RequestView {
  /** As it came: `/a/../b?c`. */
  readonly target: string
  /** Normalized, without the query. */
  readonly path: string
  /** Whether normalizing has left the path as it came. */
  readonly isNormal: boolean
  /** With its `?`; '' where there is none. */
  readonly query: string
  /** Host as sent, with its port. */
  readonly authority: string
  /** Host in lower case without its port: what virtual hosts are found by. */
  readonly host: string
  /** What was dialled, in lower case. */
  readonly dialled: string
  /** What the TLS handshake names; null: the bytes are not TLS. */
  readonly sni: string | null
  /** The version that the client speaks. */
  readonly http: HttpVersion
  /** Of the request as the proxy sees it, who may have ended its TLS. Set once the filter chain is known. */
  scheme: 'http' | 'https'
  /** All values of a header, in order; null where it is absent. The name is in lower case. */
  header(name: string): readonly string[] | null
  /** Query parameters as written, the first value of each. */
  params(): ReadonlyMap<string, string>
}

/** Reads a request once for all conditions; what few of them ask for is only read when asked for. */
export function readRequest(
  request: Request,
  normalization: PathNormalization = 'BASE',
): RequestView {
  const { url, headers, destination } = request
  const { scheme, authority: urlAuthority, target } = splitUrl(url)
  const written = findHeader(headers, 'host')?.[0] ?? urlAuthority
  const authority = written === '' ? (destination.address ?? '') : written
  const mark = target.indexOf('?')
  const query = mark === -1 ? '' : target.slice(mark)
  const plain = mark === -1 ? target : target.slice(0, mark)
  const path = normalizePath(plain, normalization)
  let params: ReadonlyMap<string, string> | undefined
  // Lanes ask for one and the same header over and over.
  let lastName = ''
  let lastValues: readonly string[] | null = null
  const view: RequestView = {
    target,
    path,
    isNormal: path === plain,
    query,
    authority,
    host: withoutPort(authority).toLowerCase(),
    dialled: (destination.address ?? withoutBrackets(withoutPort(urlAuthority))).toLowerCase(),
    sni: request.sni === undefined ? sniOf(scheme, urlAuthority) : request.sni,
    http: request.http ?? '1.1',
    scheme: 'http',
    header: (name) => {
      if (name !== lastName) {
        lastName = name
        lastValues = findPseudo(name, request.method, view, query) ?? findHeader(headers, name)
      }
      return lastValues
    },
    params: () => (params ??= parseQuery(query)),
  }
  return view
}

function sniOf(scheme: string, authority: string): string | null {
  return scheme === 'https' || scheme === 'wss' ? withoutPort(authority).toLowerCase() : null
}

/** Envoy knows Host by two names, and these others as headers too. */
function findPseudo(
  name: string,
  method: string,
  { authority, path, scheme }: RequestView,
  query: string,
): readonly string[] | null {
  if (name === 'host' || name === ':authority') return [authority]
  if (name === ':method') return [method]
  if (name === ':path') return [path + query]
  return name === ':scheme' ? [scheme] : null
}

function findHeader(headers: readonly Header[], wanted: string): string[] | null {
  let values: string[] | null = null
  for (const [name, value] of headers) {
    if (name.length !== wanted.length) continue
    if (name !== wanted && name.toLowerCase() !== wanted) continue
    if (values === null) values = [value]
    else values.push(value)
  }
  return values
}

/** The host without its port: `[::1]:80` is `[::1]`. */
function withoutPort(authority: string): string {
  const colon = authority.lastIndexOf(':')
  if (colon === -1) return authority
  for (let index = colon + 1; index < authority.length; index += 1) {
    const code = authority.charCodeAt(index)
    // A colon of an IPv6 address.
    if (code < zero || code > nine) return authority
  }
  const host = authority.slice(0, colon)
  return host.includes(':') && !host.endsWith(']') ? authority : host
}

const zero = 48
const nine = 57

function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
}

/** A client sends neither the fragment nor the user. */
function splitUrl(url: string): { scheme: string; authority: string; target: string } {
  const hash = url.indexOf('#')
  const sent = hash === -1 ? url : url.slice(0, hash)
  const colon = sent.startsWith('/') ? -1 : sent.indexOf('://')
  if (colon === -1) return { scheme: '', authority: '', target: asTarget(sent) }
  const start = colon + 3
  const slash = sent.indexOf('/', start)
  const mark = sent.indexOf('?', start)
  const end = Math.min(slash === -1 ? sent.length : slash, mark === -1 ? sent.length : mark)
  const authority = sent.slice(start, end)
  return {
    scheme: sent.slice(0, colon).toLowerCase(),
    authority: authority.slice(authority.lastIndexOf('@') + 1),
    target: asTarget(sent.slice(end)),
  }
}

function asTarget(rest: string): string {
  return rest.startsWith('/') || rest === '*' ? rest : `/${rest}`
}

/** Envoy's reading: nothing is decoded, a parameter without `=` is empty. */
function parseQuery(query: string): ReadonlyMap<string, string> {
  const params = new Map<string, string>()
  for (const part of query.slice(1).split('&')) {
    const equals = part.indexOf('=')
    const name = equals === -1 ? part : part.slice(0, equals)
    if (part !== '' && !params.has(name)) {
      params.set(name, equals === -1 ? '' : part.slice(equals + 1))
    }
  }
  return params
}
