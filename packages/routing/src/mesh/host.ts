/** The cluster's DNS domain (Kubernetes' default). */
const clusterDomain = 'cluster.local'

/** The DNS name of a Service: `testbbb.test-istio.svc.cluster.local`. */
export function serviceHost(name: string, namespace: string): string {
  return `${name}.${namespace}.svc.${clusterDomain}`
}

/**
 * What a host in a rule of `namespace` stands for: a name without a dot is a Service beside the rule, all
 * else stands for itself. `testbbb.test-istio` has a dot and is not completed
 * (istio: pilot/pkg/model/config.go, ResolveShortnameToFQDN).
 */
export function resolveHost(host: string, namespace: string): string {
  if (host === '' || host === '*' || host.includes('.') || host.includes(':')) return host
  return serviceHost(host, namespace)
}

/**
 * What a gateway name in a VirtualService of `namespace` stands for: `mesh`, or `NAMESPACE/NAME`
 * (istio: pilot/pkg/model/config.go, resolveGatewayName).
 */
export function resolveGateway(gateway: string, namespace: string): string {
  if (gateway === 'mesh') return gateway
  const slash = gateway.indexOf('/')
  if (slash !== -1) return gateway.startsWith('./') ? namespace + gateway.slice(1) : gateway
  const [name = '', owner] = gateway.split('.', 2)
  // The old way: gateway.namespace, with or without `.svc.cluster.local`.
  return `${owner ?? namespace}/${name}`
}

/** Whether the host is `*` or begins with `*`. */
export function isWildcard(host: string): boolean {
  return host.startsWith('*')
}

/** Whether two hosts, each perhaps a wildcard, have a name in common. */
export function hostsOverlap(a: string, b: string): boolean {
  return hostIsWithin(a, b) || hostIsWithin(b, a)
}

/** Whether every name that `inner` stands for is one that `outer` stands for. */
export function hostIsWithin(inner: string, outer: string): boolean {
  if (!isWildcard(outer)) return inner === outer
  const name = isWildcard(inner) ? inner.slice(1) : inner
  return name.endsWith(outer.slice(1))
}

/** The hosts that both lists cover, the more specific of each pair, in order and once each. */
export function intersectHosts(these: readonly string[], those: readonly string[]): string[] {
  const common = new Set<string>()
  for (const a of these) {
    for (const b of those) {
      if (hostIsWithin(a, b)) common.add(a)
      else if (hostIsWithin(b, a)) common.add(b)
    }
  }
  return [...common]
}

/**
 * Orders hosts from the most to the least specific: wildcards last, then the longer first, then by name
 * (istio: pkg/config/host/names.go, MoreSpecific).
 */
export function compareSpecificity(a: string, b: string): number {
  if (isWildcard(a) !== isWildcard(b)) return isWildcard(a) ? 1 : -1
  if (a.length !== b.length) return b.length - a.length
  return compareText(a, b)
}

/** Orders by code units, as Go compares strings of ASCII. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
