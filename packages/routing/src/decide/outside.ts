import { oneEndpointEach } from '../compile/clusters.ts'
import type { CompileOptions } from '../compile/compile.ts'
import type { Decision, Outcome, Request } from '../decision.ts'
import { servicePlaces } from '../compile/network.ts'
import { dnsNames } from '../mesh/dns.ts'
import type { Mesh } from '../mesh/mesh.ts'
import { unrouted } from './apply-route.ts'
import { readRequest } from './request-view.ts'

/**
 * What becomes of a request whose sender has no proxy. Routes are the sender's proxy's work, and so none
 * applies: kube-proxy sends the connection to any ready endpoint of the Service
 * (Kubernetes: Virtual IPs and Service Proxies), of whatever version. Never throws.
 */
export function decideOutside(
  mesh: Mesh,
  request: Request,
  { endpoints = oneEndpointEach }: CompileOptions = {},
): Decision {
  const { dialled } = readRequest(request)
  const { port: wanted } = request.destination
  // No namespace: a bare name means nothing to a client of which nothing is known.
  const service = mesh.services.find(
    (one) => dnsNames(one, '').includes(dialled) || one.addresses.includes(dialled),
  )
  if (service === undefined) {
    const detail =
      `${JSON.stringify(dialled)} is no Service of these manifests; ` +
      `where it leads to a Gateway, ask from gateway/NAMESPACE/NAME`
    return asDecision({ kind: 'no-listener', detail }, [])
  }
  const port = service.ports.find((one) => one.port === wanted)
  if (port === undefined) {
    const ports = service.ports.map((one) => one.port).join(', ')
    const detail = `Service ${service.namespace}/${service.name} has no port ${wanted}; it has ${ports}`
    return asDecision({ kind: 'no-listener', detail }, [])
  }
  const found = servicePlaces(mesh, service, wanted, endpoints)
  return asDecision({ kind: 'passthrough', cluster: null, endpoints: found }, [
    'the client has no sidecar, so no rule applies: kube-proxy sends each connection to any of these endpoints',
  ])
}

function asDecision(outcome: Outcome, warnings: readonly string[]): Decision {
  return {
    proxy: 'outside',
    listener: null,
    routeConfig: null,
    virtualHost: null,
    route: null,
    passed: [],
    ...unrouted(outcome),
    warnings,
  }
}
