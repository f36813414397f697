import { selects } from '../../../mesh/labels.ts'
import type { Check } from '../../check.ts'
import { Part } from '../../part.ts'
import { groupBy } from '../../world.ts'

/** A route by a claim needs somebody who checks the token. */
export const jwtClaims: Check = {
  codes: ['IST0149'],
  run(world, report) {
    const selectors = groupBy(
      world.of('security.istio.io', 'RequestAuthentication').map((one) => ({
        namespace: one.namespace,
        labels: Part.of(one).get('spec', 'selector', 'matchLabels').labels(),
      })),
      ({ namespace }) => namespace,
    )
    for (const { resource, spec, http } of world.virtualServices()) {
      const claim = http.flatMap(({ matches }) => matches.flatMap(claimsOf))[0]
      if (claim === undefined) continue
      for (const { text } of spec.get('gateways').list()) {
        if (text === null || text === 'mesh') continue
        const gateway = world
          .gateways()
          .get(text.includes('/') ? text : `${resource.namespace}/${text}`)
        if (gateway === undefined) continue
        for (const pod of world.pods().selectedBy(gateway.selector)) {
          const holding = [
            ...(selectors.get('istio-system') ?? []),
            ...(selectors.get(pod.namespace) ?? []),
          ]
          if (holding.some(({ labels }) => selects(labels, pod.labels))) continue
          report({
            code: 'IST0149',
            at: claim,
            key: true,
            message: `Gateway ${gateway.id} checks no token (pod ${pod.name} has no RequestAuthentication), so that no request has this claim and the route never matches; add one for the router`,
          })
        }
      }
    }
  },
}

function claimsOf(match: Part): Part[] {
  return [...match.get('headers').entries(), ...match.get('withoutHeaders').entries()].flatMap(
    ([name, part]) => (/^@request\.auth\.claims(?:\..|\[.+\]$)/i.test(name) ? [part] : []),
  )
}
