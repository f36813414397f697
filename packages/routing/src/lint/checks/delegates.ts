import type { Check } from '../check.ts'
import { textCovers } from '../model/covers.ts'
import type { ExampleRequest } from '../finding.ts'
import { laneMatchOf } from '../model/lane-match.ts'
import { meshTrials } from '../model/trial.ts'
import type { VirtualServiceView } from '../model/virtual-service.ts'
import type { Part } from '../part.ts'
import type { World } from '../world.ts'
import { isRecord } from '../../manifest/read.ts'

/** A delegate adds to a rule of another VirtualService: it has no hosts, and asks for no less than that rule. */
export const delegates: Check = {
  codes: ['TL023'],
  run(world, report) {
    const byId = new Map(
      world
        .virtualServices()
        .map((view) => [`${view.resource.namespace}/${view.resource.name}`, view]),
    )
    for (const rule of world.virtualServices()) {
      const { resource, http } = rule
      for (const { part, matches } of http) {
        const delegate = part.get('delegate')
        const name = delegate.get('name').text
        if (name === null) continue
        const id = `${delegate.get('namespace').text ?? resource.namespace}/${name}`
        const view = byId.get(id)
        const tell = (at: Part, message: string, match = matches[0]): void =>
          report({ code: 'TL023', at, message, request: leftOut(world, rule, match, id) })
        if (view === undefined) {
          tell(
            delegate,
            `there is no VirtualService ${id}, and Istio leaves the rule out; correct the name`,
          )
          continue
        }
        if (view.hosts.length > 0)
          tell(
            delegate,
            `${id} has hosts of its own and is no delegate, so that Istio leaves the rule out; remove its hosts`,
          )
        for (const { part: inner, matches: own } of view.http) {
          if (inner.get('delegate').exists)
            tell(
              inner.get('delegate'),
              `a delegate cannot delegate again: Istio leaves the rule out. Write its routes here`,
            )
          for (const match of own) {
            const fits = matches.length === 0 || matches.some((root) => isCompatible(root, match))
            if (fits) continue
            tell(
              match,
              `this match asks for something else than the rule of ${resource.id} that leads here, or one of them is a regular expression: Istio leaves the route out. Ask for the same or more, by exact or prefix`,
              match,
            )
          }
        }
      }
    }
  },
}

/** A request that fits the match, and that the delegate does not decide. */
function leftOut(
  world: World,
  rule: VirtualServiceView,
  match: Part | undefined,
  id: string,
): ExampleRequest | null {
  const lane = match === undefined ? null : laneMatchOf(match, world.laneHeader)
  return world.examples.find(
    meshTrials(world, rule, match, lane?.value ?? null),
    ({ route }) => route?.origin?.resource !== `VirtualService ${id}`,
  )
}

/** Istio merges the two conditions where one is within the other (istio: virtualservice.go, hasConflict). */
function isCompatible(root: Part, leaf: Part): boolean {
  const keys = ['uri', 'scheme', 'method', 'authority'] as const
  const pairs = [
    ...keys.map((key) => [root.get(key), leaf.get(key)] as const),
    ...['headers', 'withoutHeaders', 'queryParams'].flatMap((map) =>
      leaf
        .get(map)
        .entries()
        .map(([name, part]) => [root.get(map, name), part] as const),
    ),
  ]
  return pairs.every(([general, specific]) => {
    if (!isRecord(general.value) || !isRecord(specific.value)) return true
    if (general.get('regex').exists || specific.get('regex').exists) return false
    return textCovers(general, specific)
  })
}
