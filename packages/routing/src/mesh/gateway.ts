import {
  nameOf,
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
  reportNotModelled,
  rootOf,
} from '../manifest/read.ts'
import type { Field, Report } from '../manifest/read.ts'
import type { Resource } from '../manifest/resource.ts'
import { readCreation } from './age.ts'

/** An Istio Gateway. */
export interface Gateway {
  /** `gateway/test-istio/gateway`. */
  readonly id: string
  readonly name: string
  readonly namespace: string
  readonly createdAt: number
  /** Labels of the router pods that the Gateway configures; empty: every router. */
  readonly selector: Readonly<Record<string, string>>
  readonly servers: readonly GatewayServer[]
  readonly resource: Resource
}

/** One `servers[]` entry of a Gateway. */
export interface GatewayServer {
  readonly port: number
  readonly portName: string | null
  /** In upper case: `HTTP`, `HTTPS`, `TCP`, … */
  readonly protocol: string
  /** Plain HTTP: the only kind of server that is modelled yet. */
  readonly http: boolean
  /** Whether every plain request is answered with a redirect to https (`tls.httpsRedirect`). */
  readonly httpsRedirect: boolean
  /** `*`, `aaa.example.com`, or with the namespace of the VirtualServices: `test-istio/*.example.com`. */
  readonly hosts: readonly string[]
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
    resource,
  }
}

function readServer(field: Field, resource: Resource): GatewayServer {
  const port = child(field, 'port')
  const protocolField = child(port, 'protocol')
  const protocol = readString(protocolField).toUpperCase()
  const tls = child(field, 'tls')
  const http = httpProtocols.has(protocol)
  if (!http) {
    const what = `${nameOf(protocolField)} ${protocol}`
    reportNotModelled(protocolField, what, 'ignore this server')
  }
  return {
    port: readPort(child(port, 'number')),
    portName: readText(child(port, 'name')),
    protocol,
    http,
    httpsRedirect: isPresent(tls) && readBoolean(child(tls, 'httpsRedirect')),
    hosts: readStrings(child(field, 'hosts')).map((host) => qualify(host, resource.namespace)),
  }
}

const httpProtocols: ReadonlySet<string> = new Set(['HTTP', 'HTTP2', 'GRPC', 'GRPC-WEB'])

/** `./host` is of the Gateway's namespace, an asterisk in its place means any (istio: pilot/pkg/model/gateway.go). */
function qualify(host: string, namespace: string): string {
  if (host.startsWith('./')) return `${namespace}/${host.slice(2)}`
  return host.startsWith('*/') ? host.slice(2) : host
}
