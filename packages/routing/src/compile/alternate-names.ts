import { isAddress } from '../mesh/address.ts'

/**
 * The other forms in which a proxy of `namespace` may be asked for a host: with a dot at the end, and what the
 * search list of its pod would complete (istio: httproute.go, GenerateAltVirtualHosts).
 */
export function alternateNames(host: string, namespace: string): string[] {
  const dotted = isAddress(host) ? [] : [`${host}.`]
  if (!host.endsWith('.svc.cluster.local')) return dotted
  const service = host.indexOf('.svc.')
  const dot = host.indexOf('.')
  if (service <= 0 || dot + 1 > service) return dotted
  const short = host.slice(0, service)
  if (host.slice(dot + 1, service) !== namespace) return [...dotted, short, `${short}.svc`]
  return [...dotted, host.slice(0, dot), `${short}.svc`, short]
}
