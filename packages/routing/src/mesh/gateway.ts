import {
  attempt,
  child,
  isPresent,
  readBoolean,
  readList,
  readPort,
  readString,
  readStringMap,
  readStrings,
  readText,
  refuse,
  rootOf,
} from '../manifest/read.ts'
import type { Field, Report } from '../manifest/read.ts'
import type { Resource } from '../manifest/resource.ts'
import { readCreation } from './age.ts'
import { isHttp, parseProtocol } from './protocol.ts'

/** An Istio Gateway, or what istiod makes of one listener of a Gateway API's. */
export interface Gateway {
  /** `gateway/test-istio/gateway`: what the manifests call it, the same for all listeners of one. */
  readonly id: string
  readonly name: string
  readonly namespace: string
  readonly createdAt: number
  /** Labels of the router pods that the Gateway configures; empty: every router. */
  readonly selector: Readonly<Record<string, string>>
  readonly servers: readonly GatewayServer[]
  /**
   * Hosts of the Services whose pods it configures, in place of `selector`: what a Gateway of the Gateway API
   * says. null: the selector counts, and a port that no Service has is listened to as it is.
   */
  readonly services: readonly string[] | null
  readonly resource: Resource
}

/** One `servers[]` entry of a Gateway. */
export interface GatewayServer {
  readonly port: number
  readonly portName: string | null
  /** In upper case: `HTTP`, `HTTPS`, `TCP`, … */
  readonly protocol: string
  /** Where it listens; '': everywhere. */
  readonly bind: string
  /** null: it does not speak of TLS. */
  readonly tls: ServerTls | null
  /** `*`, `aaa.example.com`, or with the namespace of the VirtualServices: `test-istio/*.example.com`. */
  readonly hosts: readonly string[]
}

/** What a server does with TLS. */
interface ServerTls {
  /** `SIMPLE`, `MUTUAL`, …: it ends it; `PASSTHROUGH`, `AUTO_PASSTHROUGH`: it does not. */
  readonly mode: string
  /** Whether every plain request is answered with a redirect to https (`tls.httpsRedirect`). */
  readonly httpsRedirect: boolean
}

/** Whether the server routes plain HTTP. */
export function isPlainHttp({ protocol }: GatewayServer): boolean {
  return isHttp(parseProtocol(protocol))
}

/** Whether the server leaves TLS to whom it sends the connection. */
export function passesTlsOn({ tls }: GatewayServer): boolean {
  return tls !== null && (tls.mode === 'PASSTHROUGH' || tls.mode === 'AUTO_PASSTHROUGH')
}

/** Whether the server routes requests, in TLS that it ends or plain. */
export function routesHttp(server: GatewayServer): boolean {
  return isPlainHttp(server) || (server.protocol === 'HTTPS' && !passesTlsOn(server))
}

/** Reads a Gateway; a server that cannot be read is left out. */
export function readGateway(resource: Resource, report: Report): Gateway {
  const spec = child(rootOf(resource, report), 'spec')
  return {
    id: `gateway/${resource.namespace}/${resource.name}`,
    name: resource.name,
    namespace: resource.namespace,
    createdAt: readCreation(resource, report),
    selector: readStringMap(child(spec, 'selector')),
    servers: readList(child(spec, 'servers')).flatMap((field) => {
      const server = attempt(() => readServer(field, resource))
      return server === undefined ? [] : [server]
    }),
    services: null,
    resource,
  }
}

function readServer(field: Field, resource: Resource): GatewayServer {
  const port = child(field, 'port')
  const tls = child(field, 'tls')
  const hosts = readStrings(child(field, 'hosts'))
  return {
    port: readPort(child(port, 'number')),
    portName: readText(child(port, 'name')),
    protocol: readString(child(port, 'protocol')).toUpperCase(),
    bind: readText(child(field, 'bind')) ?? '',
    tls: isPresent(tls) ? readTls(tls) : null,
    hosts: hosts.includes('*/*') ? ['*'] : hosts.map((host) => qualify(host, resource.namespace)),
  }
}

function readTls(field: Field): ServerTls {
  const mode = child(field, 'mode')
  // Where nothing is said, protobuf's first mode counts.
  const written = readText(mode) ?? 'PASSTHROUGH'
  if (!tlsModes.has(written)) {
    refuse(mode, `must be one of ${[...tlsModes].join(', ')}, got ${JSON.stringify(written)}`)
  }
  return { mode: written, httpsRedirect: readBoolean(child(field, 'httpsRedirect')) }
}

const tlsModes: ReadonlySet<string> = new Set([
  'PASSTHROUGH',
  'SIMPLE',
  'MUTUAL',
  'AUTO_PASSTHROUGH',
  'ISTIO_MUTUAL',
  'OPTIONAL_MUTUAL',
])

/** `./host` is of the Gateway's namespace, an asterisk in its place means any (istio: pilot/pkg/model/gateway.go). */
function qualify(host: string, namespace: string): string {
  if (host.startsWith('./')) return `${namespace}/${host.slice(2)}`
  return host.startsWith('*/') ? host.slice(2) : host
}
