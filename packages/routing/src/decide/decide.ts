import { findVirtualHost } from '../compile/virtual-host.ts'
import { clusterName } from '../compile/proxy-config.ts'
import type { Listener, ProxyConfig } from '../compile/proxy-config.ts'
import type { Decision, Endpoint, Outcome, Request } from '../decision.ts'
import { applyRoute, unrouted } from './apply-route.ts'
import type { Applied } from './apply-route.ts'
import { asBytes, noFilterChain, noRoute, passThrough } from './outcomes.ts'
import { explainPassed } from './passed.ts'
import { readRequest } from './request-view.ts'
import type { RequestView } from './request-view.ts'
import { firstMatch } from './route-index.ts'

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
 * dialled, the virtual host by Host, the first route that matches, one of its clusters by weight. Never
 * throws; the same request, configuration and draws give the same decision.
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
  const view = readRequest(request)
  const { port } = request.destination
  const shared = config.shared.get(port)
  if (config.proxy.type === 'gateway') {
    return shared === undefined
      ? undecided(config, null, { kind: 'no-listener', detail: noServer(config, port) })
      : decideHttp(config, shared, view, port, random, passed)
  }
  if (isLoopback(view.dialled)) {
    const detail = `${JSON.stringify(view.dialled)} stays inside the pod: the sidecar never sees it`
    return undecided(config, null, { kind: 'no-listener', detail })
  }
  const listener = config.dialled.get(view.dialled)?.listeners.get(port) ?? shared
  if (listener !== undefined) return decideHttp(config, listener, view, port, random, passed)
  // Istio's listener for every connection that no other one takes.
  return undecided(config, 'virtualOutbound', passThrough(dialledEndpoints(config, view, port)))
}

function decideHttp(
  config: ProxyConfig,
  listener: Listener,
  view: RequestView,
  port: number,
  random: () => number,
  passed: boolean,
): Decision {
  const { routeConfig: name, tcpCluster } = listener
  const routeConfig = name === null ? undefined : config.routeConfigs.get(name)
  if (routeConfig === undefined || view.sni !== null) {
    return undecided(config, listener.name, takeAsBytes(config, tcpCluster, view, port))
  }
  const virtualHost = findVirtualHost(routeConfig.domains, view.host)
  const walked: Walked = {
    proxy: config.proxy.id,
    listener: listener.name,
    routeConfig: routeConfig.name,
    virtualHost: virtualHost?.name ?? null,
  }
  if (virtualHost === null) return toDecision(walked, null, [], unrouted(noRoute))
  if (virtualHost.requireTls) {
    const location = `https://${view.authority}${view.path}${view.query}`
    return toDecision(walked, null, [], unrouted({ kind: 'redirect', status: 301, location }))
  }
  const { routes } = virtualHost
  const index = firstMatch(routes, view)
  const route = routes[index]
  const reasons = passed ? explainPassed(virtualHost, index, view) : []
  if (route === undefined) return toDecision(walked, null, reasons, unrouted(noRoute))
  const { name: routeName, origin } = route
  const applied =
    route.action.kind === 'passthrough'
      ? unrouted(passThrough(dialledEndpoints(config, view, port)))
      : applyRoute(config, route, route.action, view, random)
  return toDecision(walked, { index, name: routeName, origin }, reasons, applied)
}

type Walked = Pick<Decision, 'proxy' | 'listener' | 'routeConfig' | 'virtualHost'>

/** A decision before any virtual host was found. */
function undecided({ proxy }: ProxyConfig, listener: string | null, outcome: Outcome): Decision {
  const walked = { proxy: proxy.id, listener, routeConfig: null, virtualHost: null }
  return toDecision(walked, null, [], unrouted(outcome))
}

/** Field by field: spreading costs ten times as much as the rest of a decision. */
function toDecision(
  walked: Walked,
  route: Decision['route'],
  passed: Decision['passed'],
  applied: Applied,
): Decision {
  return {
    proxy: walked.proxy,
    listener: walked.listener,
    routeConfig: walked.routeConfig,
    virtualHost: walked.virtualHost,
    route,
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

/** Bytes, or what the listener takes for such, go to the Service as a whole. */
function takeAsBytes(
  config: ProxyConfig,
  name: string | null,
  view: RequestView,
  port: number,
): Outcome {
  if (name === null) return noFilterChain
  const cluster = config.clusters.get(name)
  return cluster === undefined
    ? passThrough(dialledEndpoints(config, view, port))
    : asBytes(cluster, [{ cluster: name, weight: 100 }])
}

/** Every version of the dialled Service may answer: kube-proxy picks, past all rules. */
function dialledEndpoints(
  { clusters, dialled }: ProxyConfig,
  view: RequestView,
  port: number,
): readonly Endpoint[] {
  const service = dialled.get(view.dialled)
  if (service === undefined) return []
  return clusters.get(clusterName(service.host, port, null))?.endpoints ?? []
}

function noServer({ proxy }: ProxyConfig, port: number): string {
  return `no Gateway gives ${proxy.id} a plain HTTP server on port ${port}`
}

/** iptables of the pod leaves these alone (Istio's traffic interception). */
function isLoopback(address: string): boolean {
  return address === 'localhost' || address.startsWith('127.') || address === '::1'
}
