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
      const known = new Map<string, Map<string, string>>()
      for (const server of gateway.servers) {
        const others = related.filter(
          (one) => one.gateway !== gateway && conflicts(server, one.gateway, known),
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

/**
 * Whether the server has a host of the other Gateway on the same port. Of that one Istio remembers the last
 * server of each port; hosts that do not conflict are remembered with it, so that a second server with the same
 * host conflicts (istio: conflictinggateway.go, CheckDuplicates).
 */
function conflicts(
  server: ServerView,
  other: GatewayView,
  known: Map<string, Map<string, string>>,
): boolean {
  const last = other.servers.findLast(({ port }) => port === server.port)
  if (last === undefined) return false
  const key = `${other.id} ${server.port}`
  const hosts = known.get(key) ?? hostsOf(last)
  known.set(key, hosts)
  const own = hostsOf(server)
  if ([...own].some(([host, bind]) => hosts.get(host) === bind)) return true
  for (const [host, bind] of own) hosts.set(host, bind)
  return false
}

/** The hosts of a server, each with the address that it is bound to. */
function hostsOf({ hosts, part }: ServerView): Map<string, string> {
  const bind = part.get('bind').text ?? ''
  return new Map(hosts.map(({ text }) => [text ?? '', bind]))
}
