import type { FilterChain, Listener, ProxyConfig } from '@traffic-lanes/routing'

/** A listener as one address without iptables can have it: routes for HTTP, one cluster for all else. */
export interface FlatListener {
  readonly name: string
  readonly port: number
  /** null: nothing is taken for HTTP. */
  readonly routeConfig: string | null
  /** Takes what is not HTTP; null: the connection is closed. */
  readonly tcpCluster: string | null
}

/** The listeners of a proxy, by port. */
export function flatListeners({ listeners }: ProxyConfig): FlatListener[] {
  return [...listeners].flatMap(([port, { byAddress, any }]) =>
    [...byAddress.values(), any].flatMap((one) => (one === null ? [] : [flatten(one, port)])),
  )
}

function flatten({ name, chains, lastChain }: Listener, port: number): FlatListener {
  const all = [...chains, lastChain].filter((chain) => chain !== null)
  return { name, port, routeConfig: firstRoutes(all), tcpCluster: firstCluster(all) }
}

function firstRoutes(chains: readonly FilterChain[]): string | null {
  const [found] = chains.flatMap(({ target }) =>
    target.kind === 'http' ? [target.routeConfig] : [],
  )
  return found ?? null
}

function firstCluster(chains: readonly FilterChain[]): string | null {
  const [found] = chains.flatMap(({ target }) => (target.kind === 'tcp' ? target.weights : []))
  return found?.cluster ?? null
}
