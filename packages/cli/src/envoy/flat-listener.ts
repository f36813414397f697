import type { FilterChain, Listener, ProxyConfig } from '@traffic-lanes/routing'

/** A listener as one address without iptables can have it: routes for HTTP, clusters for all else. */
export interface FlatListener {
  readonly name: string
  readonly port: number
  /** null: nothing is taken for HTTP. */
  readonly routeConfig: string | null
  readonly acceptsHttp10: boolean
  /** Take what is not HTTP, by their weights; empty: the connection is closed. */
  readonly tcp: readonly { readonly cluster: string; readonly weight: number }[]
  /** Looks at the first bytes, as at a port without a declared protocol. */
  readonly sniffs: boolean
  /** It ends the client's TLS, for which no manifest holds the key. */
  readonly endsTls: boolean
}

/** The listeners of a proxy, by port. */
export function flatListeners({ listeners }: ProxyConfig): FlatListener[] {
  return [...listeners].flatMap(([port, { byAddress, any }]) =>
    [...byAddress.values(), any].flatMap((one) => (one === null ? [] : [flatten(one, port)])),
  )
}

/**
 * The listener that a connection to this Service and port meets; without a Service, one to this port of a
 * gateway. null: none.
 */
export function listenerFor(
  { listeners, network, targetPorts }: ProxyConfig,
  service: string | null,
  port: number,
): FlatListener | null {
  const own = service === null ? (targetPorts.get(port) ?? port) : port
  const onPort = listeners.get(own)
  const [address = ''] = service === null ? [] : network.resolve(service)
  const found = onPort?.byAddress.get(address) ?? onPort?.any ?? null
  return found === null ? null : flatten(found, port)
}

function flatten(listener: Listener, port: number): FlatListener {
  const { name, chains, lastChain, inspectsHttp } = listener
  const all = [...chains, lastChain].filter((chain) => chain !== null)
  const http = firstOf(all, 'http')
  return {
    name,
    port,
    routeConfig: http?.routeConfig ?? null,
    acceptsHttp10: http?.http10 ?? false,
    tcp: firstOf(all, 'tcp')?.weights ?? [],
    sniffs: inspectsHttp,
    endsTls: all.some(({ endsTls }) => endsTls),
  }
}

type Target<Kind> = Extract<FilterChain['target'], { kind: Kind }>

function firstOf<Kind extends 'http' | 'tcp'>(
  chains: readonly FilterChain[],
  kind: Kind,
): Target<Kind> | undefined {
  const targets = chains.map(({ target }) => target)
  return targets.find((target): target is Target<Kind> => target.kind === kind)
}
