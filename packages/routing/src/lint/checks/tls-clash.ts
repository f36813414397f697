import { formatPath } from '../../manifest/resource.ts'
import { clientTls } from '../../mesh/client-tls.ts'
import type { ClientTls } from '../../mesh/client-tls.ts'
import { hostIsWithin, isWildcard } from '../../mesh/host.ts'
import { instanceKey } from '../../mesh/instances.ts'
import { selects } from '../../mesh/labels.ts'
import type { Labels } from '../../mesh/labels.ts'
import type { Service } from '../../mesh/service.ts'
import { tlsClash } from '../../mesh/tls-clash.ts'
import type { Check } from '../check.ts'
import { serviceUrl } from '../examples.ts'
import type { ExampleRequest } from '../finding.ts'
import type { DestinationRuleView } from '../model/destination-rule.ts'
import { Part } from '../part.ts'
import type { World } from '../world.ts'

/** The rule is the caller's, the policy the server's, and neither knows the other. */
export const tlsClashes: Check = {
  codes: ['TL042'],
  run(world, report) {
    for (const rule of world.destinationRules()) {
      const told = new Set<string>()
      for (const { tls, because, service, port } of clashesOf(world, rule)) {
        const path = formatPath(tls.path)
        if (told.has(path)) continue
        told.add(path)
        report({
          code: 'TL042',
          at: tls.path.reduce<Part>((at, key) => at.get(key), Part.of(rule.resource)),
          message:
            `callers of ${service.name}.${service.namespace} speak ${words[tls.mode] ?? tls.mode}, and ${because}: ` +
            'requests are answered 503. Remove `tls`, so that they speak what the server takes',
          request: exampleOf(world, service, port, because),
        })
      }
    }
  },
}

const words: Readonly<Record<string, string>> = {
  DISABLE: 'plain text',
  SIMPLE: 'TLS without a certificate',
  ISTIO_MUTUAL: 'mutual TLS',
}

interface Clash {
  readonly tls: ClientTls
  readonly because: string
  readonly service: Service
  readonly port: number
}

function* clashesOf(world: World, rule: DestinationRuleView): Generator<Clash> {
  const { mesh } = world
  const choices: readonly { readonly name: string | null; readonly labels: Labels }[] = [
    { name: null, labels: {} },
    ...rule.subsets,
  ]
  if (rule.host === '' || !JSON.stringify(rule.spec.value).includes('"tls"')) return
  const services = isWildcard(rule.host)
    ? mesh.services.filter(({ host }) => hostIsWithin(host, rule.host))
    : (mesh.servicesByHost.get(rule.host)?.values() ?? [])
  for (const service of services) {
    if (service.registry !== 'kubernetes') continue
    for (const { port, name: portName } of service.ports) {
      for (const { name, labels } of choices) {
        const tls = clientTls(rule.resource, name, port)
        if (tls === null) continue
        for (const one of mesh.instances.get(instanceKey(service)) ?? []) {
          if (one.workload === null || one.portName !== (portName ?? '')) continue
          if (!selects(labels, one.workload.labels)) continue
          const because = tlsClash(mesh, one.workload, one.targetPort, tls)
          if (because !== null) yield { tls, because, service, port }
        }
      }
    }
  }
}

function exampleOf(
  world: World,
  service: Service,
  port: number,
  because: string,
): ExampleRequest | null {
  const view = world.services().get(service.host)
  if (view === undefined) return null
  return world.examples.find(
    world.examples.callersOf(view).map((from) => ({ from, url: serviceUrl(view, port) })),
    ({ warnings }) => warnings.some((warning) => warning.includes(because)),
  )
}
