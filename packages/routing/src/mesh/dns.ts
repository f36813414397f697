import type { Service } from './service.ts'

/**
 * Every name by which a pod in `fromNamespace` can dial the Service: what the pod's resolver makes of it
 * with the search list `NAMESPACE.svc.cluster.local svc.cluster.local cluster.local`
 * (Kubernetes: DNS for Services and Pods). The bare name is among them only within its namespace. DNS does
 * not tell upper from lower case; the names are given in lower case.
 */
export function dnsNames(service: Service, fromNamespace: string): string[] {
  const { name, namespace, host } = service
  const names = [`${name}.${namespace}`, `${name}.${namespace}.svc`, host, `${host}.`]
  return (namespace === fromNamespace ? [name, ...names] : names).map((one) => one.toLowerCase())
}
