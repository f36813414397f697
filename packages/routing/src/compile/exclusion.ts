import type { HttpMatch } from '../mesh/http-match.ts'
import { missingLabel } from '../mesh/labels.ts'
import type { Proxy } from './proxy.ts'
import type { Exclusion } from './proxy-config.ts'

/** What of a match configuration alone decides. */
type StaticMatch = Pick<HttpMatch, 'port' | 'gateways' | 'sourceLabels' | 'sourceNamespace'>

/** Who looks at it. */
interface Viewer {
  readonly proxy: Proxy
  readonly gateway: string
  readonly port: number
}

type Reason = Pick<Exclusion, 'code' | 'because'>

/**
 * What configuration decides about a match entry of `http`: its port, and its gateways or else its source
 * (istio: route.go, TranslateRoute and sourceMatchHTTP). Null: it applies.
 */
export function whyExcluded(match: StaticMatch, viewer: Viewer): Reason | null {
  const wrongPort = whyOtherPort(match, viewer)
  if (wrongPort !== null) return wrongPort
  return match.gateways.length > 0 ? whyOtherGateway(match, viewer) : whyOtherSource(match, viewer)
}

/** Whether an entry of `tcp` or `tls` applies, where all conditions count (istio: tls.go, matchTCP). */
export function appliesToConnections(match: StaticMatch, viewer: Viewer): boolean {
  return (
    whyOtherPort(match, viewer) === null &&
    (match.gateways.length === 0 || whyOtherGateway(match, viewer) === null) &&
    whyOtherSource(match, viewer) === null
  )
}

/** `mesh and gateway test-istio/gateway`, for messages. */
export function listGateways(gateways: readonly string[]): string {
  return gateways
    .map((one) => (one === 'mesh' ? 'mesh (sidecars)' : `gateway ${one}`))
    .join(' and ')
}

function whyOtherPort(match: StaticMatch, { port }: Viewer): Reason | null {
  if (match.port === null || match.port === port) return null
  return {
    code: 'port',
    because: `the match is for port ${match.port}, the request came in on port ${port}`,
  }
}

function whyOtherGateway({ gateways }: StaticMatch, { gateway }: Viewer): Reason | null {
  if (gateways.includes(gateway)) return null
  return { code: 'gateways', because: `the match is for ${listGateways(gateways)} only` }
}

function whyOtherSource(match: StaticMatch, { proxy }: Viewer): Reason | null {
  const label = missingLabel(match.sourceLabels, proxy.labels)
  if (label !== null) {
    const wanted = JSON.stringify(match.sourceLabels[label])
    const actual = Object.hasOwn(proxy.labels, label)
      ? JSON.stringify(proxy.labels[label])
      : 'absent'
    return {
      code: 'source-labels',
      because: `label ${JSON.stringify(label)} of the caller is ${actual}, the match wants ${wanted}`,
    }
  }
  if (match.sourceNamespace === null || match.sourceNamespace === proxy.namespace) return null
  const namespaces = [proxy.namespace, match.sourceNamespace].map((one) => JSON.stringify(one))
  return {
    code: 'source-namespace',
    because: `the caller is in namespace ${namespaces[0]}, the match wants ${namespaces[1]}`,
  }
}
