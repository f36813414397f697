import type { Check } from '../check.ts'
import { textCovers } from '../model/covers.ts'
import type { Part } from '../part.ts'
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
    for (const { resource, http } of world.virtualServices()) {
      for (const { part, matches } of http) {
        const delegate = part.get('delegate')
        const name = delegate.get('name').text
        if (name === null) continue
        const id = `${delegate.get('namespace').text ?? resource.namespace}/${name}`
        const view = byId.get(id)
        const tell = (at: Part, message: string): void => report({ code: 'TL023', at, message })
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
        for (const rule of view.http) {
          if (rule.part.get('delegate').exists)
            tell(
              rule.part.get('delegate'),
              `a delegate cannot delegate again: Istio leaves the rule out. Write its routes here`,
            )
          for (const match of rule.matches) {
            const fits = matches.length === 0 || matches.some((root) => isCompatible(root, match))
            if (fits) continue
            tell(
              match,
              `this match asks for something else than the rule of ${resource.id} that leads here, or one of them is a regular expression: Istio leaves the route out. Ask for the same or more, by exact or prefix`,
            )
          }
        }
      }
    }
  },
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
