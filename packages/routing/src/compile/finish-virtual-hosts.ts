import { compareText } from '../mesh/host.ts'
import { HostLookup } from '../mesh/host-lookup.ts'
import type { Service } from '../mesh/service.ts'
import { alternateNames } from './alternate-names.ts'
import { excludedServices } from './excluded-services.ts'
import type { Exclusion, VirtualHost } from './proxy-config.ts'
import type { Silent, VirtualHostContext, Wrapper } from './sidecar-virtual-hosts.ts'

/**
 * Gives each host its domains. A name or domain that an earlier host has is not given again, and a completed
 * form never takes the place of a Service that is called so (istio: httproute.go, buildVirtualHost and
 * dedupeDomains).
 */
export function finishVirtualHosts(
  context: VirtualHostContext,
  wrappers: readonly Wrapper[],
  silent: readonly Silent[],
): VirtualHost[] {
  const { port, proxy } = context
  const known = new Set(
    wrappers.flatMap(({ services }) => services.map(({ host }) => host.toLowerCase())),
  )
  const silentByHost = new HostLookup(silent, ({ virtualService: { hosts } }) => hosts)
  const names = new Set<string>()
  const taken = new Set<string>()
  const virtualHosts: VirtualHost[] = []
  const add = (host: string, wrapper: Wrapper, { own, completed }: Domains): void => {
    const name = `${host.includes(':') ? `[${host}]` : host}:${port}`
    if (names.has(name)) return
    names.add(name)
    const forms = new Set(completed)
    const free = own.filter((domain) => {
      const lower = domain.toLowerCase()
      if (taken.has(lower) || (forms.has(domain) && known.has(domain))) return false
      taken.add(lower)
      return true
    })
    if (free.length === 0) return
    virtualHosts.push({
      name,
      domains: free,
      routes: wrapper.routes,
      excluded: [...excludedAround(context, host, wrapper, silentByHost), ...wrapper.excluded],
      requireTls: false,
    })
  }
  for (const wrapper of wrappers) {
    for (const host of wrapper.hosts) {
      const lower = host.toLowerCase()
      add(lower, wrapper, { own: [bracketed(lower)], completed: [] })
    }
    for (const service of wrapper.services) {
      add(service.host.toLowerCase(), wrapper, domainsOf(service, proxy.namespace))
    }
  }
  return virtualHosts.toSorted((a, b) => compareText(a.name, b.name))
}

interface Domains {
  readonly own: readonly string[]
  /** Those of them that are other forms of the host. */
  readonly completed: readonly string[]
}

/** Every form of Host that means the Service (istio: httproute.go, generateVirtualHostDomains). */
function domainsOf(service: Service, namespace: string): Domains {
  const { host, aliases, addresses, registry, resolution } = service
  const all = [host.toLowerCase(), ...aliases.map((alias) => alias.host)]
  const completed = all.flatMap((one) => alternateNames(one, namespace))
  const named = all.flatMap((one) => [bracketed(one)].concat(alternateNames(one, namespace)))
  const isHeadless = resolution === 'passthrough' && registry === 'kubernetes'
  const pods = isHeadless ? named.map((one) => `*.${one}`) : []
  return { own: [...named, ...pods, ...addresses.map(bracketed)], completed }
}

function bracketed(host: string): string {
  return host.includes(':') && !host.includes('/') ? `[${host}]` : host
}

function excludedAround(
  { mesh, proxy }: VirtualHostContext,
  host: string,
  { virtualService }: Wrapper,
  silent: HostLookup<Silent>,
): Exclusion[] {
  const naming = silent.overlapping(host)
  const applied = [virtualService, ...naming.map((one) => one.virtualService)]
  return [
    ...excludedServices(host, {
      mesh,
      proxy,
      gateways: new Set(['mesh']),
      applied: applied.filter((one) => one !== null),
    }),
    ...naming.flatMap(({ excluded }) => excluded),
  ]
}
