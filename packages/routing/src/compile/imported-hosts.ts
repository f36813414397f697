import { isWildcard } from '../mesh/host.ts'
import { HostLookup } from '../mesh/host-lookup.ts'
import type { VirtualService } from '../mesh/virtual-service.ts'

/**
 * What an `egress` entry of a Sidecar lets in, by the namespace of what it names
 * (istio: pilot/pkg/model/sidecar.go, hostClassification).
 */
export class ImportedHosts {
  readonly #byNamespace = new Map<string, { wanted: string[]; excluded: string[] }>()
  readonly #lookups = new Map<readonly string[], HostLookup<string>>()

  /** `hosts` as written: `NAMESPACE/HOST`; `namespace` is what `.` stands for. */
  constructor(hosts: readonly string[], namespace: string) {
    for (const written of hosts) {
      const [owner = '', host, ...more] = written.split('/')
      if (host === undefined || more.length > 0) continue
      const isExcluded = owner.startsWith('~')
      const named = isExcluded ? owner.slice(1) || '*' : owner
      const entry = this.#entry(named === '.' ? namespace : named)
      if (isExcluded) entry.excluded.push(host)
      else entry.wanted.push(host)
    }
  }

  /**
   * The namespaces and hosts where each entry names one of both; null where any is a wildcard.
   */
  exact(): (readonly [namespace: string, host: string])[] | null {
    const named = [...this.#byNamespace].flatMap(([namespace, { wanted }]) =>
      wanted.map((host) => [namespace, host] as const),
    )
    return named.some(([namespace, host]) => namespace === '*' || isWildcard(host)) ? null : named
  }

  /** Whether the entries for one namespace (or `*`) name the host. */
  wants(scope: string, host: string): boolean {
    return this.#lookup(scope, 'wanted').isCovered(host)
  }

  /**
   * Whether a VirtualService is let in: any of its hosts overlaps with one that is named. A Gateway API
   * route's must lie within it.
   */
  hasVirtualService({ namespace, hosts, semantics }: VirtualService): boolean {
    return this.scopesFor(namespace).some((scope) => {
      const wanted = this.#lookup(scope, 'wanted')
      const isWanted = (host: string): boolean =>
        semantics === 'gateway-api' ? wanted.isCovered(host) : wanted.overlapping(host).length > 0
      return hosts.some((host) => isWanted(host) && !this.isExcluded(host, namespace))
    })
  }

  /** The entries that can speak of what lies in the namespace, the nearest first. */
  scopesFor(namespace: string): string[] {
    return [namespace, '*'].filter(
      (scope) => (this.#byNamespace.get(scope)?.wanted.length ?? 0) > 0,
    )
  }

  /** Whether what has that host and namespace is kept out by a `~`. */
  isExcluded(host: string, namespace: string): boolean {
    return [namespace, '*'].some((scope) => this.#lookup(scope, 'excluded').isCovered(host))
  }

  /** An entry may name thousands of hosts, and each of thousands of Services asks. */
  #lookup(scope: string, which: 'wanted' | 'excluded'): HostLookup<string> {
    const hosts = this.#byNamespace.get(scope)?.[which] ?? none
    const known = this.#lookups.get(hosts) ?? new HostLookup(hosts, (host) => [host])
    this.#lookups.set(hosts, known)
    return known
  }

  #entry(namespace: string): { wanted: string[]; excluded: string[] } {
    const known = this.#byNamespace.get(namespace)
    if (known !== undefined) return known
    const entry = { wanted: [], excluded: [] }
    this.#byNamespace.set(namespace, entry)
    return entry
  }
}

const none: readonly string[] = []
