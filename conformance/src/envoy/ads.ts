import type { LineProcess } from '../oracle/process.ts'
import { startLineProcess } from '../oracle/process.ts'
import type { Verdict } from '../oracle/verdict.ts'
import type { World } from '../world.ts'

/** A world that can be asked over ADS until the next one is served. Its pods are on loopback addresses. */
export interface Served extends Verdict {
  /** `127.0.0.1:PORT` */
  readonly address: string
  readonly proxies: readonly AdsClient[] | null
  /** Where a backend has to be: every pod's port that some cluster has. */
  readonly places: readonly { readonly address: string; readonly port: number }[] | null
}

/** What an Envoy has to say to get the configuration of a proxy. */
export interface AdsClient {
  /** As in the requests that it is for. */
  readonly from: unknown
  readonly node: object
  /** istiod's own connection manager for each route configuration, with the filters that any Envoy has. */
  readonly managers: Readonly<Record<string, object>>
  /** Whether some cluster waits for a certificate that nobody gives here: such an Envoy never gets ready. */
  readonly secrets: boolean
}

export interface Ads {
  serve(world: World): Promise<Served>
  close(): Promise<void>
}

/** Starts istiod's code as a discovery server for Envoys of this machine; one world at a time. */
export function startAds(binary: string): Ads {
  const env = { PILOT_ENABLE_METADATA_EXCHANGE: 'false', PILOT_ENABLE_ALPN_FILTER: 'false' }
  const process: LineProcess<Served> = startLineProcess(binary, ['ads'], env)
  return { serve: (world) => process.ask(world), close: () => process.close() }
}
