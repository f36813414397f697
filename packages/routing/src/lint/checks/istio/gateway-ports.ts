import { selects } from '../../../mesh/labels.ts'
import { Part } from '../../part.ts'
import type { Check } from '../../check.ts'
import { selectorText } from '../../model/pods.ts'
import type { PodView } from '../../model/pods.ts'
import type { ServiceView } from '../../model/service.ts'
import { groupBy } from '../../world.ts'

/** A Gateway configures pods, and a Service in front of them leads to its ports. */
export const gatewayPorts: Check = {
  codes: ['IST0101', 'IST0162'],
  run(world, report) {
    // Routers that are not among the manifests have the Services that they need.
    if (!world.pods().hasRouters) return
    const services = groupBy([...world.services().values()], ({ namespace }) => namespace)
    for (const gateway of world.gateways().values()) {
      const selector = selectorText(gateway.selector)
      const pods = world.pods().selectedBy(gateway.selector)
      if (pods.length === 0) {
        report({
          code: 'IST0101',
          at: Part.of(gateway.resource).get('spec', 'selector'),
          message: `no pod has the labels ${selector}, so that this Gateway is configured nowhere; correct the selector`,
        })
        continue
      }
      const ports = exposedPorts(pods, services)
      for (const { part, port } of gateway.servers) {
        if (!part.get('port').exists || ports.has(port)) continue
        report({
          code: 'IST0162',
          at: part.get('port', 'number'),
          message: `no Service in front of the pods ${selector} has port ${port}, so that nobody reaches this server through one; add the port to the Service`,
        })
      }
    }
  },
}

/** The ports, and what they lead to, of the Services that select any of the pods. */
function exposedPorts(
  pods: readonly PodView[],
  services: ReadonlyMap<string, readonly ServiceView[]>,
): ReadonlySet<number> {
  const ports = new Set<number>()
  for (const { namespace, labels } of pods) {
    for (const { selector, ports: servicePorts } of services.get(namespace) ?? []) {
      if (!selects(selector ?? {}, labels)) continue
      for (const { port, part } of servicePorts) {
        if ((part.get('protocol').text ?? 'TCP') !== 'TCP') continue
        const target = Number(part.get('targetPort').value ?? port)
        ports.add(Number.isInteger(target) && target !== 0 ? target : port)
        if (Number.isInteger(target) && target !== 0) ports.add(port)
      }
    }
  }
  return ports
}
