import type { Mesh, ProxyConfig, Route, VirtualHost } from '@traffic-lanes/routing'
import { plainSample, samplesOf } from './samples.ts'
import type { Sample } from './samples.ts'

/** Something that can be called: a port of a Service, or a host that a rule knows. */
export interface Target {
  /** `http://testbbb.test-istio:32000`. */
  readonly origin: string
  /** Its host and port, as they are dialled. */
  readonly address: string
  readonly port: number
  /** As a table shows it: `testbbb.test-istio:32000`, `*.example.com:80`. */
  readonly name: string
  /** Its namespace, where it is a Service: names of one namespace can be shown without it. */
  readonly namespace: string | null
  /** Requests that its routes tell apart; the plain one first. */
  readonly samples: readonly Sample[]
  readonly laned: Laned
}

/** Which lanes the routes of a target can tell from no lane at all. */
export interface Laned {
  /** Those that a route wants by name. */
  readonly names: ReadonlySet<string>
  /** Whether a route asks for the lane in another way: a beginning, an expression, any, none. */
  readonly isOpen: boolean
}

/** Whether the lane can change where a request goes; null: no lane. */
export function isTold({ names, isOpen }: Laned, lane: string | null): boolean {
  return lane !== null && (isOpen || names.has(lane))
}

/** Whether any lane can. */
export function isLaned({ names, isOpen }: Laned): boolean {
  return isOpen || names.size > 0
}

/** What a sidecar's workload can call: every Service, then the other hosts that rules name. */
export function sidecarTargets(mesh: Mesh, config: ProxyConfig, laneHeader: string): Target[] {
  const hosts = virtualHosts(config)
  const targets = mesh.services.flatMap(({ name, namespace, host, ports }) =>
    ports
      .filter(({ protocol }) => protocol !== 'udp')
      .map(({ port, protocol }) => {
        const virtualHost = hosts.get(`${host}:${port}`)
        hosts.delete(`${host}:${port}`)
        const scheme = protocol === 'tls' || protocol === 'https' ? 'https' : 'http'
        const called = serviceName(name, namespace, host)
        return targetOf({ ...called, scheme, port, virtualHost }, laneHeader)
      }),
  )
  const others = [...hosts.values()].flatMap((virtualHost) => {
    const port = portOf(virtualHost)
    const domain = ownDomain(virtualHost)
    if (domain === undefined || port === undefined) return []
    return [targetOf({ host: domain, port, virtualHost }, laneHeader)]
  })
  return [...targets, ...others]
}

/** What a router can be asked for: the hosts of its Gateways, port by port. */
export function routerTargets(config: ProxyConfig, laneHeader: string): Target[] {
  return [...config.routeConfigs.values()].flatMap(({ name, virtualHosts: list }) => {
    // Istio names them `http.80`, `https.443.https.gateway.namespace`.
    const [scheme = 'http', port = '80'] = name.split('.')
    return list.flatMap((virtualHost) => {
      const host = ownDomain(virtualHost)
      if (host === undefined) return []
      return [targetOf({ scheme, host, port: Number(port), virtualHost }, laneHeader)]
    })
  })
}

/** What a client without a proxy can call. */
export function outsideTargets(mesh: Mesh): Target[] {
  const services = mesh.services.filter(({ registry }) => registry === 'kubernetes')
  return services.flatMap(({ name, namespace, host, ports }) =>
    ports
      .filter(({ protocol }) => protocol !== 'udp')
      .map(({ port }) => targetOf({ ...serviceName(name, namespace, host), port }, '')),
  )
}

/** The name by which a client calls it; ServiceEntries have hosts that are no Kubernetes names. */
function serviceName(name: string, namespace: string, host: string) {
  return host.startsWith(`${name}.${namespace}.svc.`)
    ? { host: `${name}.${namespace}`, namespace }
    : { host }
}

interface Callee {
  /** `http` where it is not said. */
  readonly scheme?: string
  readonly host: string
  readonly namespace?: string
  readonly port: number
  readonly virtualHost?: VirtualHost | undefined
}

function targetOf(callee: Callee, laneHeader: string): Target {
  const { scheme = 'http', host, namespace = null, port, virtualHost } = callee
  const routes = virtualHost?.routes ?? []
  const address = concrete(host)
  return {
    origin: `${scheme === 'https' ? 'https' : 'http'}://${address}:${port}`,
    address,
    port,
    name: `${host}:${port}`,
    namespace,
    samples: virtualHost === undefined ? [plainSample] : samplesOf(routes, laneHeader),
    laned: lanedBy(routes, laneHeader),
  }
}

function lanedBy(routes: readonly Route[], laneHeader: string): Laned {
  const conditions = routes
    .flatMap(({ match }) => match.conditions)
    .filter((one) => one.kind === 'header')
    .filter(({ name }) => name === laneHeader)
  const names = conditions.flatMap(({ match, inverted }) =>
    match.kind === 'exact' && !inverted ? match.value : [],
  )
  return { names: new Set(names), isOpen: names.length < conditions.length }
}

/** The domain that people know: not the cluster's name of a Service, where there is another. */
function ownDomain({ domains }: VirtualHost): string | undefined {
  return domains.find((one) => !one.includes('.svc.')) ?? domains[0]
}

/** A host that a wildcard stands for, and no other domain of ours does. */
function concrete(host: string): string {
  return host.replace(/^\*$/, 'any-host.invalid').replace('*', 'any')
}

function virtualHosts({ routeConfigs }: ProxyConfig): Map<string, VirtualHost> {
  const found = new Map<string, VirtualHost>()
  for (const { virtualHosts: list } of routeConfigs.values())
    for (const one of list) if (portOf(one) !== undefined) found.set(one.name, one)
  return found
}

/** Istio's virtual hosts for what it does not know, `allow_any` and `block_all`, have none. */
function portOf({ name }: VirtualHost): number | undefined {
  const port = /:(\d+)$/.exec(name)?.[1]
  return port === undefined ? undefined : Number(port)
}
