import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { AdsClient } from './ads.ts'

/** What Envoy's access log says of a request. */
export interface Logged {
  readonly flags: string | null
  readonly detail: string | null
  readonly cluster: string | null
  readonly route: string | null
}

export interface Envoy {
  /** The port of 127.0.0.1 behind which the route configuration decides; undefined: there is none. */
  portOf(routeConfig: string): number | undefined
  /** The log's line for a request that carried `x-conformance: MARK`. */
  logged(mark: string): Promise<Logged>
  close(): Promise<void>
}

/** Starts an Envoy that takes clusters, endpoints and routes over ADS behind a listener for each route configuration. */
export async function startEnvoy(path: string, ads: string, client: AdsClient): Promise<Envoy> {
  const folder = mkdtempSync(join(tmpdir(), 'conformance-'))
  const log = join(folder, 'access.log')
  const admin = join(folder, 'admin')
  const file = join(folder, 'envoy.json')
  writeFileSync(log, '')
  writeFileSync(file, JSON.stringify(bootstrap(ads, client, { log, admin })))
  const args = ['-c', file, '--concurrency', '1', '--disable-hot-restart', '--log-level', 'error']
  const child = spawn(path, [...args, '--file-flush-interval-msec', '20'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let complaints = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text))
  const closed = once(child, 'close')
  const close = async () => {
    child.kill('SIGKILL')
    await closed
    rmSync(folder, { recursive: true, force: true })
  }
  const ports = await poll(
    () => readPorts(admin),
    () => child.exitCode === null,
  )
  if (ports === null) {
    await close()
    throw new Error(`Envoy does not get ready: ${complaints.slice(-2000)}`)
  }
  return {
    portOf: (routeConfig) => ports.get(routeConfig),
    logged: async (mark) => {
      const line = await poll(
        async () => {
          const lines = readFileSync(log, 'utf8').split('\n')
          return lines.find((one) => one.startsWith(`{"mark":"${mark}"`)) ?? null
        },
        () => child.exitCode === null,
      )
      if (line === null) throw new Error(`Envoy logs nothing about request ${mark}: ${complaints}`)
      return JSON.parse(line)
    },
    close,
  }
}

/** Tries for up to 20 seconds. */
async function poll<T>(attempt: () => Promise<T | null>, goOn: () => boolean): Promise<T | null> {
  for (let left = 2000; left > 0 && goOn(); left -= 1) {
    const found = await attempt()
    if (found !== null) return found
    await pause(10)
  }
  return null
}

interface ListenerStatus {
  readonly name: string
  readonly local_address: { readonly socket_address: { readonly port_value: number } }
}

/** null until Envoy serves: its listeners wait for their routes, and it for all clusters. */
async function readPorts(admin: string): Promise<ReadonlyMap<string, number> | null> {
  if ((await ask(admin, '/ready')) === null) return null
  const text = await ask(admin, '/listeners?format=json')
  if (text === null) return null
  const { listener_statuses: all = [] }: { listener_statuses?: ListenerStatus[] } = JSON.parse(text)
  return new Map(all.map((one) => [one.name, one.local_address.socket_address.port_value]))
}

/** null: nobody there, or not ready. */
async function ask(socketPath: string, path: string): Promise<string | null> {
  return new Promise((resolve) => {
    const asked = request({ socketPath, path }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => (text += part))
      response.once('end', () => resolve(response.statusCode === 200 ? text : null))
    })
    asked.once('error', () => resolve(null))
    asked.end()
  })
}

function bootstrap(
  ads: string,
  { node, managers }: AdsClient,
  { log, admin }: { readonly log: string; readonly admin: string },
): object {
  const [host = '', port = ''] = ads.split(':')
  const source = { ads: {}, resource_api_version: 'V3' }
  return {
    node,
    admin: { address: { pipe: { path: admin } } },
    // Names of the outside world are not asked for: nobody answers there, at once.
    typed_dns_resolver_config: {
      name: 'envoy.network.dns_resolver.cares',
      typed_config: {
        '@type':
          'type.googleapis.com/envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig',
        resolvers: [{ socket_address: { address: '127.0.0.1', port_value: 1 } }],
        dns_resolver_options: { no_default_search_domain: true },
      },
    },
    dynamic_resources: {
      cds_config: source,
      ads_config: {
        api_type: 'GRPC',
        transport_api_version: 'V3',
        grpc_services: [{ envoy_grpc: { cluster_name: 'ads' } }],
      },
    },
    static_resources: {
      clusters: [
        {
          name: 'ads',
          type: 'STATIC',
          connect_timeout: '5s',
          load_assignment: endpointAt('ads', host, Number(port)),
          typed_extension_protocol_options: { [httpOptions]: http2 },
        },
      ],
      listeners: Object.entries(managers).map(([name, manager]) => ({
        name,
        address: { socket_address: { address: '127.0.0.1', port_value: 0 } },
        filter_chains: [{ filters: [filter({ ...manager, accessLog: [accessLog(log)] })] }],
      })),
    },
  }
}

function endpointAt(cluster: string, address: string, port: number): object {
  const endpoint = { address: { socket_address: { address, port_value: port } } }
  return { cluster_name: cluster, endpoints: [{ lb_endpoints: [{ endpoint }] }] }
}

const httpOptions = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions'
const http2 = {
  '@type': `type.googleapis.com/${httpOptions}`,
  explicit_http_config: { http2_protocol_options: {} },
}

const managerType =
  'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager'

function filter(manager: object): object {
  return {
    name: 'envoy.filters.network.http_connection_manager',
    typed_config: { '@type': managerType, ...manager },
  }
}

function accessLog(path: string): object {
  return {
    name: 'envoy.access_loggers.file',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog',
      path,
      log_format: {
        text_format_source: {
          inline_string:
            '{"mark":"%REQ(X-CONFORMANCE)%","flags":"%RESPONSE_FLAGS%","detail":"%RESPONSE_CODE_DETAILS%","cluster":"%UPSTREAM_CLUSTER_RAW%","route":"%ROUTE_NAME%"}\n',
        },
      },
    },
  }
}
