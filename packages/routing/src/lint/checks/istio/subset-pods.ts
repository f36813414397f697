import type { Check } from '../../check.ts'
import type { ExampleRequest } from '../../finding.ts'
import type { Labels } from '../../../mesh/labels.ts'
import { selects } from '../../../mesh/labels.ts'
import { exactLanesOf } from '../../model/lane-match.ts'
import type { DestinationView, HttpRuleView } from '../../model/virtual-service.ts'
import { targetOf } from '../../model/targets.ts'
import { trialsTo } from '../../model/trial.ts'
import { push } from '../../world.ts'
import type { World } from '../../world.ts'

/** A DestinationRule is for a host that exists, and each subset selects pods. */
export const subsetPods: Check = {
  codes: ['IST0173', 'IST0174'],
  run(world, report) {
    const routes = routesBySubset(world)
    for (const { resource, spec, host, subsets } of world.destinationRules()) {
      const written = spec.get('host').text ?? ''
      const found = world.registry().find(resource.namespace, spec.get('exportTo').texts(), written)
      if (found === null) {
        report({
          code: 'IST0174',
          at: spec.get('host'),
          message: `host ${JSON.stringify(written)} is no Service or ServiceEntry that this rule sees, so that it holds for nothing; correct the name`,
        })
        continue
      }
      const reported = new Set<string>()
      for (const { name, labels, part } of subsets) {
        const selector = { ...found.workloadSelector, ...labels }
        if (reported.has(name) || selectsPod(world, selector)) continue
        reported.add(name)
        report({
          code: 'IST0173',
          at: part.get('labels').exists ? part.get('labels') : part,
          message: `no pod has the labels of subset ${JSON.stringify(name)}: routes to it are answered 503 UH. Deploy the version, or remove its route and then the subset`,
          request: example(world, routes.get(subsetKey(host, name)) ?? []),
        })
      }
    }
  },
}

interface Route {
  readonly rule: HttpRuleView
  readonly destination: DestinationView
}

function routesBySubset(world: World): ReadonlyMap<string, readonly Route[]> {
  const routes = new Map<string, Route[]>()
  for (const { http } of world.virtualServices()) {
    for (const rule of http) {
      for (const destination of rule.destinations) {
        if (destination.subset !== null)
          push(routes, subsetKey(destination.host, destination.subset), { rule, destination })
      }
    }
  }
  return routes
}

function example(world: World, routes: readonly Route[]): ExampleRequest | null {
  const trials = routes.flatMap(({ rule, destination }) => {
    const target = targetOf(world, destination)
    const [lane] = exactLanesOf(rule, world.laneHeader)
    return target === null ? [] : trialsTo(world, target, rule.matches[0], lane ?? null)
  })
  return world.examples.find(
    trials,
    ({ outcome }) => outcome.kind === 'respond' && outcome.flags.includes('UH'),
  )
}

/** Istio looks through the pods of every namespace, each with the place of its node among its labels. */
function selectsPod(world: World, selector: Labels): boolean {
  const places = Object.keys(selector).some((key) => placeLabels.has(key))
  if (!places) return world.pods().some(selector)
  const nodes = new Map(world.of('', 'Node').map((node) => [node.name, node.labels]))
  return world.pods().all.some(({ labels, template }) => {
    const name = template.get('spec', 'nodeName').text
    if (name === null) return selects(selector, labels)
    const node = nodes.get(name) ?? {}
    return selects(selector, { ...labels, ...placeOf(node), 'kubernetes.io/hostname': name })
  })
}

const places = [
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'topology.istio.io/subzone',
]

const placeLabels: ReadonlySet<string> = new Set([...places, 'kubernetes.io/hostname'])

/** Region, zone and subzone, each only where the one before it is known. */
function placeOf(node: Labels): Labels {
  const place: Record<string, string> = {}
  for (const key of places) {
    const value = node[key]
    if (value === undefined || value === '') break
    place[key] = value
  }
  return place
}

function subsetKey(host: string, subset: string): string {
  return `${host}\n${subset}`
}
