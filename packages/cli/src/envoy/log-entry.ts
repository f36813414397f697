import type { Endpoint, ProxyConfig } from '@traffic-lanes/routing'
import type { AccessFlag, AccessLogEntry } from '../dataplane/index.ts'
import { isRecord } from '../mesh/container.ts'

/** A line of Envoy's access log (access-log.ts) as the local mesh prints it; undefined where it is none. */
export function readLogLine(line: string, config: ProxyConfig): AccessLogEntry | undefined {
  if (!line.startsWith('{')) return undefined
  const entry: unknown = JSON.parse(line)
  if (!isRecord(entry)) return undefined
  const text = (name: string): string | null =>
    typeof entry[name] === 'string' && entry[name] !== '-' ? entry[name] : null
  const number = (name: string): number => (typeof entry[name] === 'number' ? entry[name] : 0)
  const cluster = text('upstream_cluster')
  const host = text('authority')
  return {
    method: text('method') ?? '',
    path: text('path') ?? '',
    host,
    destination: { port: 0 },
    status: number('response_code'),
    flags: (text('response_flags')?.split(',') ?? []).filter(isFlag),
    detail: text('response_code_details') ?? '',
    cluster,
    endpoint: endpointAt(config, cluster, text('upstream_host')),
    tries: number('upstream_attempts'),
    ms: number('duration'),
    received: number('bytes_received'),
    sent: number('bytes_sent'),
    decision: null,
  }
}

function endpointAt(
  { clusters }: ProxyConfig,
  cluster: string | null,
  host: string | null,
): Endpoint | null {
  const endpoints = clusters.get(cluster ?? '')?.endpoints ?? []
  return endpoints.find(({ address, port }) => `${address}:${port}` === host) ?? null
}

/** Envoy has more of them; all are printed. */
function isFlag(flag: string): flag is AccessFlag {
  return flag !== ''
}
