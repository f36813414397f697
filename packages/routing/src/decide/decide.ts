import { findVirtualHost } from '../compile/virtual-host.ts'
import { blackHoleCluster, passthroughCluster } from '../compile/proxy-config.ts'
import type { ChainTarget, Listener, ProxyConfig, RouteConfig } from '../compile/proxy-config.ts'
import type { Decision, Outcome, Request } from '../decision.ts'
import { applyRoute, unrouted } from './apply-route.ts'
import type { Applied } from './apply-route.ts'
import { draw } from './draw.ts'
import { endpointsOf } from './endpoints.ts'
import { findChain, findListener } from './find-listener.ts'
import { asBytes, badPath, closed, noRoute, passThrough, upgradeRequired } from './outcomes.ts'
import { explainPassed } from './passed.ts'
import { readRequest } from './request-view.ts'
import type { RequestView } from './request-view.ts'
import { findRoute, preparedFor } from './route-table.ts'

export interface DecideOptions {
  /** Draws a number from 0 up to but not including 1, for weights and faults. Default: `Math.random`. */
  readonly random?: () => number
  /**
   * Whether `Decision.passed` is filled. Default: true. A data plane sets false: the reasons cost more
   * than the decision.
   */
  readonly passed?: boolean
}

/**
 * Decides where the proxy sends a request, as Envoy does: the listener by the address and port that were
 * dialled, the filter chain by what is spoken, the virtual host by Host, the first route that matches, one of
 * its clusters by weight. Never throws; the same request, configuration and draws give the same decision.
 *
 * @example
 * const decision = decide(config, {
 *   method: 'GET',
 *   url: 'http://testbbb.test-istio:32000/',
 *   headers: [['project-version', 'release-v1']],
 *   destination: { port: 32000 },
 * })
 * decision.outcome // { kind: 'forward', cluster: 'outbound|32000|release-v1|testbbb.…', … }
 */
export function decide(
  config: ProxyConfig,
  request: Request,
  { random = Math.random, passed = true }: DecideOptions = {},
): Decision {
  const view = readRequest(request, config.pathNormalization)
  const isRouter = config.proxy.type === 'gateway'
  if (!isRouter && isLoopback(view.dialled) && !isBound(config, view, request)) {
    const detail = `${JSON.stringify(view.dialled)} stays inside the pod: the sidecar never sees it`
    return undecided(config, null, { kind: 'no-listener', detail })
  }
  const { port: dialled } = request.destination
  // What a router is sent comes through its Service.
  const port = isRouter ? (config.targetPorts.get(dialled) ?? dialled) : dialled
  const addresses = isRouter ? [config.proxy.ip ?? ''] : config.network.resolve(view.dialled)
  const connection: Connection = { config, view, port, addresses, random, passed }
  const listener = findListener(config, addresses[0] ?? '', port)
  if (listener !== null) return connect(connection, listener)
  return undecided(config, null, { kind: 'no-listener', detail: noServer(config, port) })
}

/** A connection with the request in it. */
interface Connection {
  readonly config: ProxyConfig
  readonly view: RequestView
  readonly port: number
  /** That the client may have picked from; it picked the first. */
  readonly addresses: readonly string[]
  readonly random: () => number
  readonly passed: boolean
}

function connect(connection: Connection, listener: Listener): Decision {
  const { config, view, addresses } = connection
  const chain = findChain(listener, addresses[0] ?? '', view)
  const isTls = view.sni !== null
  const end = (outcome: Outcome): Decision => undecided(config, listener.name, outcome)
  if (chain === null) return end(closed('filter_chain_not_found', ['NR']))
  if (chain.endsTls && !isTls) return end(closed('no TLS where TLS is expected', []))
  const { target } = chain
  if (target.kind === 'tcp') return end(carry(connection, target))
  if (isTls && !chain.endsTls) return end(closed('TLS where HTTP is expected', ['DPE']))
  const routeConfig = config.routeConfigs.get(target.routeConfig)
  if (view.http === '1.0' && !target.http10) {
    return toDecision(walkedTo(connection, listener, null), null, [], unrouted(upgradeRequired))
  }
  if (config.pathNormalization !== 'NONE' && view.path.includes('%00')) {
    return toDecision(walkedTo(connection, listener, null), null, [], unrouted(badPath))
  }
  if (routeConfig === undefined) {
    return toDecision(walkedTo(connection, listener, null), null, [], unrouted(noRoute))
  }
  return route(connection, listener, routeConfig, chain.endsTls ? 'https' : 'http')
}

function route(
  { config, view, port, addresses, random, passed }: Connection,
  listener: Listener,
  routeConfig: RouteConfig,
  scheme: RequestView['scheme'],
): Decision {
  view.scheme = scheme
  const virtualHost = findVirtualHost(routeConfig.domains, view.host)
  const walked: Walked = {
    proxy: config.proxy.id,
    listener: listener.name,
    routeConfig: routeConfig.name,
    virtualHost: virtualHost?.name ?? null,
  }
  if (virtualHost === null) return toDecision(walked, null, [], unrouted(noRoute))
  if (virtualHost.requireTls && scheme === 'http') {
    const location = `https://${view.authority}${view.path}${view.query}`
    return toDecision(walked, null, [], unrouted({ kind: 'redirect', status: 301, location }))
  }
  const { routes } = virtualHost
  const found = findRoute(routes, view)
  const reasons = passed ? explainPassed(virtualHost, found?.index ?? routes.length, view) : []
  if (found === null) return toDecision(walked, null, reasons, unrouted(noRoute))
  const prepared = view.isNormal ? preparedFor(found, config) : null
  if (prepared !== null) return toDecision(walked, prepared.decided, reasons, prepared.applied)
  const { index, route: taken } = found
  const { name, origin, action } = taken
  const applied =
    action.kind === 'passthrough'
      ? unrouted(passThrough(config.network.beyond(addresses, port)))
      : applyRoute({ config, view, addresses, port, random }, taken, action)
  return toDecision(walked, { index, name, origin }, reasons, applied)
}

type Walked = Pick<Decision, 'proxy' | 'listener' | 'routeConfig' | 'virtualHost'>

function walkedTo({ config }: Connection, listener: Listener, routeConfig: string | null): Walked {
  return { proxy: config.proxy.id, listener: listener.name, routeConfig, virtualHost: null }
}

/** A decision before any virtual host was found. */
function undecided({ proxy }: ProxyConfig, listener: string | null, outcome: Outcome): Decision {
  const walked = { proxy: proxy.id, listener, routeConfig: null, virtualHost: null }
  return toDecision(walked, null, [], unrouted(outcome))
}

/** Field by field: spreading costs ten times as much as the rest of a decision. */
function toDecision(
  walked: Walked,
  decided: Decision['route'],
  passed: Decision['passed'],
  applied: Applied,
): Decision {
  return {
    proxy: walked.proxy,
    listener: walked.listener,
    routeConfig: walked.routeConfig,
    virtualHost: walked.virtualHost,
    route: decided,
    passed,
    outcome: applied.outcome,
    destinationRule: applied.destinationRule,
    rewrite: applied.rewrite,
    requestHeaders: applied.requestHeaders,
    responseHeaders: applied.responseHeaders,
    timeout: applied.timeout,
    retries: applied.retries,
    mirrors: applied.mirrors,
    fault: applied.fault,
    warnings: applied.warnings,
  }
}

/** What is not taken for HTTP goes to a cluster as it comes. */
function carry(
  { config, port, addresses, random }: Connection,
  { weights }: Extract<ChainTarget, { kind: 'tcp' }>,
): Outcome {
  const cluster = draw(weights, random)?.cluster ?? ''
  if (cluster === passthroughCluster) {
    return passThrough(config.network.beyond(addresses, port))
  }
  if (cluster === blackHoleCluster) return closed(blackHoleCluster, ['UH'], cluster)
  const found = config.clusters.get(cluster)
  if (found === undefined) return closed('cluster_not_found', ['NC'], cluster)
  return asBytes(found, endpointsOf(config, found, addresses, port), weights)
}

function noServer({ proxy }: ProxyConfig, port: number): string {
  return `no Gateway gives ${proxy.id} a server on port ${port}`
}

/** iptables of the pod leaves these alone (Istio's traffic interception). */
function isLoopback(address: string): boolean {
  return address === 'localhost' || address.startsWith('127.') || address === '::1'
}

/** Whether a Sidecar has the proxy listen there itself, past iptables. */
function isBound(
  { listeners, network }: ProxyConfig,
  view: RequestView,
  request: Request,
): boolean {
  const [address = ''] = network.resolve(view.dialled)
  return listeners.get(request.destination.port)?.byAddress.has(address) ?? false
}
