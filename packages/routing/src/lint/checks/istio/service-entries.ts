import type { MeshConfig } from '../../../mesh/mesh-config.ts'
import type { Check } from '../../check.ts'
import { scopesOf } from '../../model/registry.ts'
import type { ServiceEntryView } from '../../model/service-entry.ts'
import { Part } from '../../part.ts'
import { push } from '../../world.ts'

/** A port without HTTP is told apart by its address alone. */
export const serviceEntryAddresses: Check = {
  codes: ['IST0134'],
  run(world, report) {
    if (allocates(world.mesh.config)) return
    for (const { resource, spec, ports } of world.serviceEntries()) {
      if (spec.get('addresses').list().length > 0) continue
      if (Part.of(resource).get('status', 'addresses').list().length > 0) continue
      for (const { protocol, part } of ports) {
        if (protocol !== '' && protocol.toUpperCase() !== 'TCP') continue
        report({
          code: 'IST0134',
          at: part,
          message: `a TCP port without \`addresses\` takes every connection to that port, whatever its host; add the addresses, or let Istio allocate one`,
        })
      }
    }
  },
}

/** Whether the proxies give hosts without an address one of their own. */
function allocates({ proxyMetadata }: MeshConfig): boolean {
  return (
    proxyMetadata['ISTIO_META_DNS_CAPTURE'] === 'true' &&
    ['ISTIO_META_DNS_AUTO_ALLOCATE', 'PILOT_ENABLE_IP_AUTOALLOCATE'].some(
      (name) => proxyMetadata[name] === 'true',
    )
  )
}

/** ServiceEntries of one host and port agree on what it speaks. */
export const serviceEntryProtocols: Check = {
  codes: ['IST0177'],
  run(world, report) {
    const byPort = new Map<string, { scope: string; host: string; port: number; found: Found[] }>()
    const lists = new Map<string, Found[]>()
    for (const entry of world.serviceEntries()) {
      for (const scope of scopesOf(entry.exportTo, entry.resource.namespace)) {
        for (const host of entry.hosts) {
          for (const { number, protocol } of entry.ports) {
            const key = `${scope}\n${host}\n${number}`
            push(lists, key, { entry, protocol: protocol.toUpperCase() })
            byPort.set(key, { scope, host, port: number, found: lists.get(key) ?? [] })
          }
        }
      }
    }
    const reported = new Set<ServiceEntryView>()
    for (const { scope, host, port, found } of byPort.values()) {
      const all = scope === '*' ? found : [...found, ...(lists.get(`*\n${host}\n${port}`) ?? [])]
      const protocols = new Set(all.map(({ protocol }) => protocol))
      if (protocols.size < 2) continue
      for (const { entry } of all) {
        if (reported.has(entry)) continue
        reported.add(entry)
        report({
          code: 'IST0177',
          at: Part.of(entry.resource).get('metadata', 'name'),
          message: `port ${port} of ${host} is ${[...protocols].toSorted().join(' and ')} in different ServiceEntries, of which one wins; let them agree`,
        })
      }
    }
  },
}

interface Found {
  readonly entry: ServiceEntryView
  readonly protocol: string
}
