import { hostsOverlap, isWildcard, resolveHost } from '../../../mesh/host.ts'
import type { Check } from '../../check.ts'
import { scopesOf } from '../../model/registry.ts'
import type { VirtualServiceView } from '../../model/virtual-service.ts'
import { Part } from '../../part.ts'
import { push } from '../../world.ts'

/** Sidecars do not merge VirtualServices: one host, one rule, for each namespace that sees it. */
export const meshHosts: Check = {
  codes: ['IST0109'],
  run(world, report) {
    const byScope = new Map<string, { scope: string; host: string; views: VirtualServiceView[] }>()
    const forAll = new Map<string, VirtualServiceView[]>()
    for (const view of world.virtualServices()) {
      if (!view.gateways.includes('mesh')) continue
      const { namespace } = view.resource
      for (const scope of scopesOf(view.spec.get('exportTo').texts(), namespace)) {
        for (const { written } of view.hosts) {
          const host = resolveHost(written, namespace)
          const key = `${scope}/${host}`
          const entry = byScope.get(key)
          if (entry === undefined) byScope.set(key, { scope, host, views: [view] })
          else entry.views.push(view)
          if (scope === '*') push(forAll, host, view)
        }
      }
    }
    const wildcards = [...forAll.keys()].filter(isWildcard)
    const reported = new Set<VirtualServiceView>()
    for (const { scope, host, views } of byScope.values()) {
      const all = scope === '*' ? views : [...views, ...overlapping(host, forAll, wildcards)]
      if (all.length < 2) continue
      for (const view of all) {
        if (reported.has(view)) continue
        reported.add(view)
        const names = new Set(
          all
            .filter((other) => other !== view)
            .map(({ resource }) => `${resource.namespace}/${resource.name}`),
        )
        report({
          code: 'IST0109',
          at: Part.of(view.resource).get('metadata', 'name'),
          message:
            names.size === 0
              ? `names host ${host} twice; remove one`
              : `sidecars find host ${host} in ${[...names].toSorted().join(', ')} too and use only the oldest; put all into one VirtualService`,
        })
      }
    }
  },
}

/** The rules for everybody that have a host in common with one of a namespace. */
function overlapping(
  host: string,
  forAll: ReadonlyMap<string, readonly VirtualServiceView[]>,
  wildcards: readonly string[],
): VirtualServiceView[] {
  // Only a wildcard has to be compared with every name.
  const candidates = isWildcard(host) ? [...forAll.keys()] : [host, ...wildcards]
  return candidates.filter((one) => hostsOverlap(one, host)).flatMap((one) => forAll.get(one) ?? [])
}
