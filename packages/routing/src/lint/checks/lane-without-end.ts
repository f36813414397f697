import type { Check } from '../check.ts'
import type { Resource } from '../../manifest/resource.ts'
import { laneMatchesOf } from '../model/lane-match.ts'
import { Part } from '../part.ts'

/** Where lanes say who owns them or when they end, those that do not are left behind. */
export const laneWithoutEnd: Check = {
  codes: ['TL020'],
  run(world, report) {
    const lanes = new Set(
      world
        .virtualServices()
        .flatMap(({ http }) => http.flatMap((rule) => laneMatchesOf(rule, world.laneHeader)))
        .flatMap(({ kind, value }) => (kind === 'exact' ? [value] : [])),
    )
    const deployed = world
      .workloads()
      .filter(({ labels }) => lanes.has(labels[world.versionLabel] ?? ''))
    // Nobody has the custom: then there is nothing to miss.
    if (!deployed.some(({ resource }) => saysEnd(resource))) return
    for (const { resource } of deployed) {
      if (saysEnd(resource)) continue
      report({
        code: 'TL020',
        at: Part.of(resource).get('metadata', 'name'),
        message: `says neither who owns the lane nor when it ends, as other lanes do; add the annotation that they have`,
      })
    }
  },
}

/** `janitor/ttl`, `janitor/expires`, `example.com/owner`, `ttl`, … */
function saysEnd({ annotations, labels }: Resource): boolean {
  return [...Object.keys(annotations), ...Object.keys(labels)].some((key) =>
    /(?:^|[./-])(?:ttl|expires|expires-at|owner)$/.test(key),
  )
}
