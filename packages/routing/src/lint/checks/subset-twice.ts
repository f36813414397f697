import { canonical } from '../model/canonical.ts'
import type { Check } from '../check.ts'
import { compareAge } from '../../mesh/age.ts'
import { trialsToSubset } from '../model/trial.ts'
import { groupBy } from '../world.ts'

/** DestinationRules of one namespace and host are merged; of two subsets with one name the older counts. */
export const subsetTwice: Check = {
  codes: ['TL028'],
  run(world, report) {
    for (const [host, rules] of world.destinationRulesByHost()) {
      for (const merged of groupBy(rules, ({ resource }) => resource.namespace).values()) {
        const seen = new Map<string, { labels: string; id: string }>()
        for (const { resource, subsets } of merged.toSorted((a, b) =>
          compareAge(aged(a), aged(b)),
        )) {
          for (const { name, labels, part } of subsets) {
            const first = seen.get(name)
            const text = canonical(labels)
            if (first === undefined) seen.set(name, { labels: text, id: resource.id })
            else if (first.labels !== text)
              report({
                code: 'TL028',
                at: part,
                message: `subset ${JSON.stringify(name)} stands in ${first.id} too, with other labels, and that one counts; give it another name, or remove one`,
                request: world.examples.find(
                  trialsToSubset(world, host, name),
                  ({ outcome }) => outcome.kind === 'forward' && outcome.subset === name,
                ),
              })
          }
        }
      }
    }
  },
}

function aged({
  resource,
}: {
  readonly resource: { name: string; namespace: string; creationTimestamp: string | null }
}) {
  const time = Date.parse(resource.creationTimestamp ?? '')
  return {
    name: resource.name,
    namespace: resource.namespace,
    createdAt: Number.isNaN(time) ? -Infinity : time,
  }
}
