import { show } from './show.ts'

/** Whether a destination may have the lane, and the rule that decided, in words. */
export interface Explanation {
  readonly send: boolean
  readonly reason: string
}

/**
 * A destination that may have the lane although it is not in the cluster: an exact host
 * (`api.internal.example.com`), every host below a suffix (`*.corp`: `a.corp`, `a.b.corp`, not `corp`), a
 * RegExp on the host, or a function of the whole URL. A function allows by returning `true` and nothing
 * else; one that throws has not allowed. Hosts are as `URL.hostname` gives them, without a trailing dot.
 */
export type Target = string | RegExp | ((url: URL) => boolean)

/** Judges one URL; never throws. */
export type Judge = (url: unknown) => Explanation

/**
 * Makes the judge for the destinations that are allowed by default, and for `targets` beside them.
 *
 * By default: single-label names, `name.namespace` where the namespace is `namespace` or can be no public
 * top-level domain, `*.svc`, `*.svc.cluster.local` and other `*.local` (RFC 6762), loopback addresses,
 * `localhost` and `*.localhost` (RFC 6761). Only the parsed host counts, never the text of the URL. With a dot at
 * its end, a name of one or two labels counts only where the last can be no top-level domain.
 *
 * @throws TypeError for an entry of `targets` that is none of the four kinds.
 */
export function createJudge(targets: readonly Target[], namespace: string | undefined): Judge {
  const matchers = targets.map((target, index) => createMatcher(target, `targets[${index}]`))
  return (raw) => {
    const url = parse(raw)
    if (url === undefined) return no(`${show(raw)} is not an absolute URL`)
    if (!WEB_PROTOCOLS.has(url.protocol)) {
      return no(`"${url.protocol}" carries no HTTP headers`)
    }
    const host = url.hostname.replace(/\.$/, '')
    const isAbsolute = host !== url.hostname
    return (
      inCluster(host, isAbsolute, namespace) ?? byTarget(host, url, matchers) ?? no(strange(host))
    )
  }
}

const WEB_PROTOCOLS: ReadonlySet<string> = new Set(['http:', 'https:', 'ws:', 'wss:'])

function inCluster(
  host: string,
  isAbsolute: boolean,
  namespace: string | undefined,
): Explanation | undefined {
  if (isLoopback(host)) return yes(`"${host}" is this machine`)
  if (isAddress(host)) return undefined
  const labels = host.split('.')
  const last = labels.at(-1)
  if (last === undefined || labels.includes('')) return undefined
  for (const suffix of ['.svc.cluster.local', '.svc', '.local']) {
    if (host.endsWith(suffix)) return yes(`"${host}" ends in "${suffix}"`)
  }
  if (labels.length > 2) return undefined
  // A dot at the end keeps a resolver from completing the name by the cluster's domains (resolv.conf(5)):
  // `ai.` and `cart.shop.` are names of the public DNS.
  if (isAbsolute && !cannotBeTopLevelDomain(last)) return undefined
  if (labels.length === 1) return yes(`"${host}" is a single-label name, which no third party has`)
  if (last === namespace) return yes(`"${host}" is in this pod's own namespace, "${last}"`)
  if (cannotBeTopLevelDomain(last)) {
    return yes(`"${host}" is name.namespace: no public top-level domain is called "${last}"`)
  }
  return undefined
}

function isLoopback(host: string): boolean {
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    host === '[::1]' ||
    (isIPv4(host) && host.startsWith('127.'))
  )
}

function isAddress(host: string): boolean {
  return host.startsWith('[') || isIPv4(host)
}

// The URL parser has turned every other spelling of an IPv4 address into this one.
function isIPv4(host: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+$/.test(host)
}

// A top-level domain is letters only (RFC 1123, 2.1), or punycode.
function cannotBeTopLevelDomain(label: string): boolean {
  return /[\d-]/.test(label) && !label.startsWith('xn--')
}

interface Matcher {
  readonly name: string
  matches(host: string, url: URL): boolean
}

function byTarget(host: string, url: URL, matchers: readonly Matcher[]): Explanation | undefined {
  const matcher = matchers.find((candidate) => matchesSafely(candidate, host, url))
  return matcher && yes(`"${host}" is allowed by ${matcher.name}`)
}

function matchesSafely(matcher: Matcher, host: string, url: URL): boolean {
  try {
    return matcher.matches(host, url)
  } catch {
    return false
  }
}

function createMatcher(target: unknown, option: string): Matcher {
  if (typeof target === 'string') return hostMatcher(target, option)
  if (target instanceof RegExp) {
    // With `g` or `y` the answer would depend on the host that was tested before.
    const stateless = new RegExp(target.source, target.flags.replaceAll(/[gy]/g, ''))
    return { name: `\`${option}\`, ${target}`, matches: (host) => stateless.test(host) }
  }
  if (typeof target === 'function') {
    return {
      name: `\`${option}\`, a function`,
      // Its own copy, so that it cannot change what the next target sees; `=== true`, so that an async
      // function, whose promise is truthy, does not allow everything.
      matches: (_, url) => Reflect.apply(target, undefined, [new URL(url)]) === true,
    }
  }
  throw new TypeError(
    `Expected \`${option}\` to be a host, a "*.suffix" glob, a RegExp or a function, got ${show(target)}`,
  )
}

function hostMatcher(target: string, option: string): Matcher {
  const name = `\`${option}\`, "${target}"`
  const glob = target.startsWith('*.')
  const host = canonicalHost(glob ? target.slice(2) : target)
  if (host === undefined) {
    throw new TypeError(
      `Expected \`${option}\` to be a host such as "api.example.com" or a glob such as "*.example.com", got "${target}" (leave out scheme, port and path)`,
    )
  }
  if (!glob) return { name, matches: (candidate) => candidate === host }
  return { name, matches: (candidate) => candidate.endsWith(`.${host}`) }
}

function canonicalHost(text: string): string | undefined {
  const isIPv6 = /^[\da-f:.]*:[\da-f:.]*$/i.test(text)
  const url = parse(`http://${isIPv6 ? `[${text}]` : text}/`)
  // Anything but a bare host would have been read as another part of the URL, and a `*` as a host.
  const bare = /^(?:\[[^\]]*\]|[^\s:/?#@\\*[\]]+)$/.test(isIPv6 ? `[${text}]` : text)
  return bare ? url?.hostname.replace(/\.$/, '') : undefined
}

function parse(raw: unknown): URL | undefined {
  try {
    // Not `instanceof URL`: test runners and vm contexts have a URL class of their own.
    const href: unknown = typeof raw === 'object' && raw !== null ? Reflect.get(raw, 'href') : raw
    return typeof href === 'string' ? new URL(href) : undefined
  } catch {
    return undefined
  }
}

function strange(host: string): string {
  return `"${host}" is neither in the cluster nor this machine, and no entry of \`targets\` allows it`
}

function yes(reason: string): Explanation {
  return { send: true, reason }
}

function no(reason: string): Explanation {
  return { send: false, reason }
}
