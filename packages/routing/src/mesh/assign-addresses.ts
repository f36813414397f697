import type { Service } from './service.ts'
import type { Workload } from './workload.ts'

/**
 * Gives addresses to what a cluster would give one and the manifests do not: always the same, by the order in
 * which the objects stand, so that an answer can name a listener or an endpoint. The nth Service without a
 * clusterIP, from 0, has `10.96.(n / 250).(n % 250 + 1)`; the nth pod without an address
 * `10.1.(n / 250).(n % 250 + 1)`.
 */
export function assignAddresses(
  services: readonly Service[],
  workloads: readonly Workload[],
): { readonly services: Service[]; readonly workloads: Workload[] } {
  let pods = 0
  let clusterIps = 0
  return {
    services: services.map((service) => {
      if (service.type !== 'ClusterIP' || service.addresses.length > 0) return service
      const address = numbered('10.96', clusterIps)
      clusterIps += 1
      return { ...service, addresses: [address], hasAssignedAddress: true }
    }),
    workloads: workloads.map((workload) => {
      if (workload.address !== '' || workload.replicas === 0) return workload
      const address = numbered('10.1', pods)
      pods += 1
      return { ...workload, address, hasAssignedAddress: true }
    }),
  }
}

/** Where a name leads that no Service has: to no pod. */
export const outsideAddress = '198.51.100.1'

/** The nth address of a range of 250 x 250. */
export function numbered(network: string, n: number): string {
  return `${network}.${Math.floor(n / 250)}.${(n % 250) + 1}`
}
