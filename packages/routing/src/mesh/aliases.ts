import { compareText } from './host.ts'
import type { Alias, Service } from './service.ts'

/**
 * Tells Services which ExternalNames stand for them, through other ExternalNames too; those that lead round
 * in a circle stand for nothing (istio: push_context.go, resolveServiceAliases).
 */
export function resolveAliases(services: readonly Service[]): readonly Service[] {
  const targets = new Map<string, string>()
  for (const { host, externalName } of services) {
    if (externalName !== null) targets.set(host, externalName)
  }
  if (targets.size === 0) return services
  const aliases = new Map<string, Alias[]>()
  for (const { host, namespace, externalName } of services) {
    const concrete = externalName === null ? null : follow(targets, host, externalName)
    if (concrete === null) continue
    const known = aliases.get(concrete)
    if (known === undefined) aliases.set(concrete, [{ host, namespace }])
    else known.push({ host, namespace })
  }
  return services.map((service) => {
    const own = aliases.get(service.host)
    if (own === undefined) return service
    const sorted = own.toSorted(
      (a, b) => compareText(a.namespace, b.namespace) || compareText(a.host, b.host),
    )
    return { ...service, aliases: sorted }
  })
}

function follow(targets: ReadonlyMap<string, string>, from: string, to: string): string | null {
  const seen = new Set([from])
  let at = to
  for (let next = targets.get(at); next !== undefined; next = targets.get(at)) {
    if (seen.has(at)) return null
    seen.add(at)
    at = next
  }
  return at
}
