import { selects } from '../../../mesh/labels.ts'
import type { Check } from '../../check.ts'
import type { GatewayView, ServerView } from '../../model/gateway.ts'
import { selectorText } from '../../model/pods.ts'
import { Part } from '../../part.ts'
import { groupBy } from '../../world.ts'
import type { World } from '../../world.ts'

/** Two Gateways of one router with one port and one host: the older one wins, which nobody wrote down. */
export const gatewayConflicts: Check = {
  codes: ['IST0101', 'IST0145'],
  run(world, report) {
    const gateways = [...world.gateways().values()].map((gateway) => ({
      gateway,
      selector: selectorText(gateway.selector),
    }))
    const bySelector = groupBy(
      gateways.filter(({ gateway }) => gateway.servers.length > 0),
      ({ selector }) => selector,
    )
    for (const { gateway, selector } of gateways) {
      const related = [...bySelector].flatMap(([other, entries]) =>
        sharePod(world, selector, gateway, other, entries[0]?.gateway) ? entries : [],
      )
      if (selector !== '' && related.length === 0) {
        report({
          code: 'IST0101',
          at: Part.of(gateway.resource).get('spec', 'selector'),
          message: `no Gateway with servers has the selector ${selector}; add servers to this one`,
        })
        continue
      }
      for (const server of gateway.servers) {
        const others = related.filter(
          (one) =>
            one.gateway !== gateway && conflicts(server, lastServerOn(one.gateway, server.port)),
        )
        if (others.length === 0) continue
        const names = others.map((one) => one.gateway.id).toSorted()
        report({
          code: 'IST0145',
          at: server.part,
          message: `port ${server.port} of the pods ${selector} serves hosts of ${names.join(', ')} too; give each host to one Gateway only`,
        })
      }
    }
  },
}

/** Of one selector text, or one within the other and a pod that both select: as Istio compares them. */
function sharePod(
  world: World,
  selector: string,
  gateway: GatewayView,
  otherSelector: string,
  other: GatewayView | undefined,
): boolean {
  if (selector === otherSelector) return true
  if (other === undefined) return false
  if (!selector.includes(otherSelector) && !otherSelector.includes(selector)) return false
  return world
    .pods()
    .selectedBy(gateway.selector)
    .some(({ labels }) => selects(other.selector, labels))
}

/** Istio remembers the last server of each port. */
function lastServerOn({ servers }: GatewayView, port: number): ServerView | undefined {
  return servers.findLast((server) => server.port === port)
}

function conflicts(server: ServerView, other: ServerView | undefined): boolean {
  if (other === undefined || bindOf(server) !== bindOf(other)) return false
  const known = new Set(other.hosts.map(({ text }) => text))
  return server.hosts.some(({ text }) => known.has(text))
}

function bindOf({ part }: ServerView): string {
  return part.get('bind').text ?? ''
}
