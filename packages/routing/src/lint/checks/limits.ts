import type { Check } from '../check.ts'
import type { ReportFinding } from '../finding.ts'
import type { Resource } from '../../manifest/resource.ts'
import { Part } from '../part.ts'
import { istio } from '../world.ts'

/** About 300 routes of one VirtualService are fine; thousands end istiod and its proxies (istio/istio#55054). */
const mostRoutes = 300

/** `kubectl apply` keeps the object in an annotation, of which there may be 262,144 bytes (Kubernetes). */
const mostBytes = 262_144

/** What still works in a review, and no longer in a cluster. */
export const limits: Check = {
  codes: ['TL013'],
  run(world, report) {
    for (const { resource, http, spec } of world.virtualServices()) {
      const routes = http.reduce((sum, { matches }) => sum + Math.max(matches.length, 1), 0)
      if (routes <= mostRoutes) continue
      report({
        code: 'TL013',
        at: spec.get('http'),
        key: true,
        message: `${routes} routes in one VirtualService: every proxy that sees the host holds them all, and above ${mostRoutes} istiod and its proxies run out of memory. Remove the lanes that are gone; ${resource.name} needs one rule for each lane that is deployed`,
      })
    }
    for (const kind of ['VirtualService', 'DestinationRule', 'Gateway', 'ServiceEntry']) {
      for (const resource of world.of(istio, kind)) checkSize(resource, report)
    }
    for (const { resource } of world.httpRoutes()) checkSize(resource, report)
  },
}

function checkSize(resource: Resource, report: ReportFinding): void {
  const bytes = JSON.stringify(resource.body).length
  if (bytes <= mostBytes) return
  report({
    code: 'TL013',
    at: Part.of(resource),
    message: `${bytes} bytes: \`kubectl apply\` keeps the object in an annotation and refuses more than ${mostBytes}. Use \`kubectl apply --server-side\`, or split it`,
  })
}
