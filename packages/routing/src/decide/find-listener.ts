import { isInSubnet } from '../mesh/address.ts'
import type { FilterChain, Listener, ProxyConfig } from '../compile/proxy-config.ts'
import type { RequestView } from './request-view.ts'

/** The listener of an address and port, else that of the port, else the last one; null: there is none. */
export function findListener(
  { listeners, lastListener }: ProxyConfig,
  address: string,
  port: number,
): Listener | null {
  const own = listeners.get(port)
  return own?.byAddress.get(address) ?? own?.any ?? lastListener
}

/**
 * The filter chain that takes the connection. Envoy narrows them criterion by criterion, and what fits best at
 * one leaves the others behind for good: by subnet, then by the handshake's name, then by what is spoken
 * (Envoy: FilterChainMatch). null: none does, and the connection is closed.
 */
export function findChain(
  listener: Listener,
  address: string,
  view: RequestView,
): FilterChain | null {
  const { chains, lastChain } = listener
  const [first] = chains
  if (first === undefined) return lastChain
  const name = listener.inspectsTls ? view.sni : null
  // HTTP/1.0 is none of the protocols that Istio has sniffed for.
  const isHttp = listener.inspectsHttp && view.sni === null && view.http !== '1.0'
  let fitting = narrow(chains, (chain) => subnetFit(chain, address))
  fitting = narrow(fitting, (chain) => nameFit(chain, name))
  fitting = narrow(fitting, ({ match }) => protocolFit(match.plainHttp, isHttp))
  fitting = narrow(fitting, ({ match }) => protocolFit(match.istioTls, false))
  return fitting[0] ?? lastChain
}

/** Those that fit best; the fit is -1 where one does not, and 0 where it asks for nothing. */
function narrow(
  chains: readonly FilterChain[],
  fit: (chain: FilterChain) => number,
): readonly FilterChain[] {
  let best = 0
  let kept: FilterChain[] = []
  for (const chain of chains) {
    const own = fit(chain)
    if (own > best) {
      best = own
      kept = [chain]
    } else if (own === best) kept.push(chain)
  }
  return kept
}

function subnetFit({ match: { subnets } }: FilterChain, address: string): number {
  if (subnets.length === 0) return 0
  const containing = subnets.filter((subnet) => isInSubnet(address, subnet))
  return containing.reduce((best, { length }) => Math.max(best, length + 1), -1)
}

function nameFit({ match: { serverNames } }: FilterChain, name: string | null): number {
  if (serverNames.length === 0) return 0
  if (name === null) return -1
  return serverNames.reduce((best, wanted) => Math.max(best, oneNameFit(wanted, name)), -1)
}

/** The very name before the longest wildcard. */
function oneNameFit(wanted: string, name: string): number {
  if (wanted === name) return Number.MAX_SAFE_INTEGER
  return wanted.startsWith('*.') && name.endsWith(wanted.slice(1)) ? wanted.length : -1
}

function protocolFit(isWanted: boolean, isSpoken: boolean): number {
  if (!isWanted) return 0
  return isSpoken ? 1 : -1
}
