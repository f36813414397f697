import { parseSubnet } from '../mesh/address.ts'
import type { Subnet } from '../mesh/address.ts'
import { anyAddress, blackHoleCluster, clusterName, passthroughCluster } from './proxy-config.ts'
import type { ChainTarget, FilterChain, Listener } from './proxy-config.ts'
import { destinationCluster } from './destination-cluster.ts'
import type { OutboundPolicy } from '../mesh/sidecar.ts'

/** A filter chain in the making. */
export interface ChainDraft {
  /** Subnets or addresses. */
  readonly cidrs: readonly string[]
  readonly serverNames: readonly string[]
  readonly plainHttp: boolean
  readonly istioTls: boolean
  readonly endsTls: boolean
  readonly target: ChainTarget
}

/** Makes a draft that asks for nothing but what is said. */
export function draftChain(target: ChainTarget, asks: Partial<ChainDraft> = {}): ChainDraft {
  return {
    cidrs: [],
    serverNames: [],
    plainHttp: false,
    istioTls: false,
    endsTls: false,
    target,
    ...asks,
  }
}

/** Equal for two chains that Envoy could not tell apart (istio: listener.go, conflictsWith). */
export function conflictKey(draft: ChainDraft): string {
  const names = new Set(namesOf(draft))
  const subnets = new Set(subnetsOf(draft).map(keyOf))
  return JSON.stringify([
    draft.plainHttp,
    draft.istioTls,
    [...names].toSorted(),
    [...subnets].toSorted(),
  ])
}

/**
 * Makes a listener of chains; one that asks for nothing takes what the others do not take. `last` is for where
 * there is none such (istio: listener.go, buildListenerFromEntry).
 */
export function buildListener(
  name: string,
  drafts: readonly ChainDraft[],
  last: ChainTarget | null,
): Listener {
  const takesAll = drafts.findLast(asksNothing)
  const lastTarget = takesAll?.target ?? last
  return {
    name,
    chains: drafts.filter((draft) => !asksNothing(draft)).map(toChain),
    lastChain:
      lastTarget === null
        ? null
        : toChain(draftChain(lastTarget, { endsTls: takesAll?.endsTls ?? false })),
    inspectsTls: drafts.some(({ serverNames, endsTls }) => serverNames.length > 0 || endsTls),
    inspectsHttp: drafts.some(({ plainHttp }) => plainHttp),
  }
}

/** Makes a gateway's listener, where a chain that asks for nothing is one among the others. */
export function buildGatewayListener(name: string, drafts: readonly ChainDraft[]): Listener {
  return { ...buildListener(name, drafts, null), chains: drafts.map(toChain), lastChain: null }
}

/** Where a sidecar sends connections that it does not know (istio: buildOutboundCatchAllNetworkFiltersOnly). */
export function unknownTarget(policy: OutboundPolicy): ChainTarget {
  return { kind: 'tcp', weights: [{ cluster: unknownCluster(policy), weight: 100 }] }
}

/** The cluster of what a sidecar does not know. */
export function unknownCluster({ mode, egressProxy }: OutboundPolicy): string {
  if (mode === 'REGISTRY_ONLY') return blackHoleCluster
  return egressProxy === null ? passthroughCluster : destinationCluster(egressProxy, undefined, 0)
}

/** The plain cluster of a Service as the only target. */
export function plainTarget(host: string, port: number): ChainTarget {
  return { kind: 'tcp', weights: [{ cluster: clusterName(host, port, null), weight: 100 }] }
}

function toChain(draft: ChainDraft): FilterChain {
  const { plainHttp, istioTls, endsTls, target } = draft
  return {
    match: {
      subnets: subnetsOf(draft),
      serverNames: draft.serverNames.includes('*') ? [] : draft.serverNames,
      plainHttp,
      istioTls,
    },
    endsTls,
    target,
  }
}

function asksNothing({ serverNames, plainHttp, istioTls, cidrs }: ChainDraft): boolean {
  return (
    (serverNames.length === 0 || serverNames.includes('*')) &&
    !plainHttp &&
    !istioTls &&
    cidrs.length === 0
  )
}

function namesOf({ serverNames }: ChainDraft): string[] {
  return serverNames.filter((name) => name !== '*')
}

function subnetsOf({ cidrs }: ChainDraft): Subnet[] {
  return cidrs.flatMap((cidr) => {
    if (cidr.split('/')[0] === anyAddress) return []
    return parseSubnet(cidr) ?? []
  })
}

function keyOf({ bits, length, size }: Subnet): string {
  return `${size} ${bits}/${length}`
}
