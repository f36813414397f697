import type { Part } from '../part.ts'
import { readDestination } from './virtual-service.ts'
import type { DestinationView, HttpRuleView, VirtualServiceView } from './virtual-service.ts'

/** A destination of any kind of rule. */
export interface AnyDestination extends DestinationView {
  readonly mirror: boolean
  /** The `http` rule that it belongs to; null in a `tcp` or `tls` rule. */
  readonly rule: HttpRuleView | null
}

/** Every destination of a VirtualService, mirrors included. */
export function everyDestination(view: VirtualServiceView): readonly AnyDestination[] {
  // Several checks ask.
  let found = known.get(view)
  if (found === undefined) {
    found = readDestinations(view)
    known.set(view, found)
  }
  return found
}

const known = new WeakMap<VirtualServiceView, readonly AnyDestination[]>()

function readDestinations(view: VirtualServiceView): AnyDestination[] {
  const { spec, http, resource } = view
  const read = (part: Part, rule: HttpRuleView | null, mirror = false): AnyDestination => ({
    ...readDestination(part, resource.namespace),
    mirror,
    rule,
  })
  const bytes = ['tcp', 'tls'].flatMap((kind) =>
    spec
      .get(kind)
      .list()
      .flatMap((entry) => entry.get('route').list())
      .map((route) => read(route.get('destination'), null)),
  )
  const routes: AnyDestination[] = []
  for (const rule of http) {
    const mirror = rule.part.get('mirror')
    for (const { destination } of rule.destinations) routes.push(read(destination, rule))
    if (mirror.exists) routes.push(read(mirror, rule, true))
    for (const entry of rule.part.get('mirrors').list())
      routes.push(read(entry.get('destination'), rule, true))
  }
  return [...bytes, ...routes]
}
