import { oneEndpointEach } from '../compile/clusters.ts'
import type { EndpointSource } from '../compile/clusters.ts'
import type { CompileOptions } from '../compile/compile.ts'
import type { Decision, Endpoint, Outcome, Request } from '../decision.ts'
import { formatPosition } from '../diagnostic.ts'
import { dnsNames } from '../mesh/dns.ts'
import { inboundTls } from '../mesh/inbound-tls.ts'
import { instanceKey } from '../mesh/instances.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { PeerAuthentication } from '../mesh/peer-authentication.ts'
import { tcpPorts } from '../mesh/service.ts'
import type { Service } from '../mesh/service.ts'
import { unrouted } from './apply-route.ts'
import { readRequest } from './request-view.ts'

/**
 * What becomes of a request whose sender has no proxy. Routes are the sender's proxy's work, and so none
 * applies: kube-proxy sends the connection to any ready endpoint of the Service
 * (Kubernetes: Virtual IPs and Service Proxies), of whatever version. ServiceEntries are the proxies' business
 * too. The sidecar of a server closes the connection where a PeerAuthentication wants mutual TLS, as no client without
 * a proxy has a certificate of the mesh. Never throws.
 */
export function decideOutside(
  mesh: Mesh,
  request: Request,
  { endpoints = oneEndpointEach }: CompileOptions = {},
): Decision {
  const { dialled } = readRequest(request)
  const { port } = request.destination
  const service = servicesByName(mesh).get(dialled)
  if (service === undefined) {
    const detail =
      `${JSON.stringify(dialled)} is no Service of these manifests; ` +
      `where it leads to a Gateway, ask from gateway/NAMESPACE/NAME`
    return asDecision({ kind: 'no-listener', detail }, [])
  }
  if (service.externalName !== null) return throughAlias(mesh, request, service.externalName)
  const ports = tcpPorts(service)
  if (ports.every((one) => one.port !== port)) {
    const list = ports.map((one) => one.port).join(', ')
    const detail = `Service ${service.namespace}/${service.name} has no port ${port}; it has ${list}`
    return asDecision({ kind: 'no-listener', detail }, [])
  }
  return toAny(placesOf(mesh, service, port, endpoints))
}

/** To any of them, of which some or all may close the connection. */
function toAny(places: readonly Place[]): Decision {
  const endpoints = places.map(({ endpoint }) => endpoint)
  const refusing = places.filter(({ by }) => by !== null)
  const [first] = refusing
  if (first === undefined || first.by === null)
    return asDecision({ kind: 'passthrough', cluster: null, endpoints }, [pastEveryRule])
  const { resource } = first.by
  const policy = `${resource.id} (${formatPosition(resource.position(['spec']))})`
  if (refusing.length < places.length) {
    const names = new Set(refusing.map(({ endpoint }) => endpoint.workload ?? ''))
    return asDecision({ kind: 'passthrough', cluster: null, endpoints }, [
      pastEveryRule,
      `the sidecars of ${[...names].join(', ')} close the connection: ${policy} lets in mutual TLS only`,
    ])
  }
  const detail = `${policy} lets in mutual TLS only, which a client without a sidecar cannot do`
  return asDecision({ kind: 'reset', cluster: null, subset: null, flags: [], detail, endpoints }, [
    pastEveryRule,
  ])
}

const pastEveryRule =
  'the client has no sidecar, so no rule applies: kube-proxy sends each connection to any of these endpoints'

/** An ExternalName is another name of something, of a Service or of what is out of the cluster. */
function throughAlias(mesh: Mesh, request: Request, externalName: string): Decision {
  const name = externalName.toLowerCase().replace(/\.$/, '')
  const { port } = request.destination
  const known = servicesByName(mesh).get(name)
  if (known !== undefined && known.externalName === null)
    return decideOutside(mesh, { ...request, destination: { address: name, port } })
  const there = { address: name, port, workload: null, namespace: null }
  return asDecision({ kind: 'passthrough', cluster: null, endpoints: [there] }, [
    `the Service is another name of ${externalName}, which these manifests do not know`,
  ])
}

/** The Services that cluster DNS and kube-proxy know, by every name and address. */
function servicesByName(mesh: Mesh): ReadonlyMap<string, Service> {
  const cached = nameIndexes.get(mesh)
  if (cached !== undefined) return cached
  const index = new Map<string, Service>()
  for (const service of mesh.services) {
    if (service.registry !== 'kubernetes') continue
    const { hasAssignedAddress, addresses } = service
    // No namespace: a bare name means nothing to a client of which nothing is known.
    const names = [...dnsNames(service, ''), ...(hasAssignedAddress ? [] : addresses)]
    for (const name of names) if (!index.has(name)) index.set(name, service)
  }
  nameIndexes.set(mesh, index)
  return index
}

/** A mesh never changes. */
const nameIndexes = new WeakMap<Mesh, ReadonlyMap<string, Service>>()

/** An endpoint, and the policy by which its sidecar closes the connection; null: it takes it. */
interface Place {
  readonly endpoint: Endpoint
  readonly by: PeerAuthentication | null
}

function placesOf(mesh: Mesh, service: Service, port: number, source: EndpointSource): Place[] {
  const names = new Set(
    tcpPorts(service).flatMap((one) => (one.port === port ? [one.name ?? ''] : [])),
  )
  const instances = mesh.instances.get(instanceKey(service)) ?? []
  return instances
    .filter(({ isReady, isKubernetes, portName }) => isReady && isKubernetes && names.has(portName))
    .flatMap(({ workload, address, targetPort }): Place[] => {
      if (workload === null) {
        const endpoint = { address, port: targetPort, workload: null, namespace: null }
        return [{ endpoint, by: null }]
      }
      const { name, namespace } = workload
      const tls = inboundTls(mesh, workload, targetPort)
      const by = tls?.mode === 'STRICT' ? tls.by : null
      return source(workload, targetPort).map(({ address: at, port: its }) => ({
        endpoint: { address: at, port: its, workload: name, namespace },
        by,
      }))
    })
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
