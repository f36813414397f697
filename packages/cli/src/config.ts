import type { ParsedNode } from 'yaml'
import { YamlReader } from './yaml-reader.ts'
import { parseYaml } from './yaml.ts'

/** A lanes.yaml: how the workloads of the manifests start on this machine (kind LocalMesh). */
export interface LocalMeshConfig {
  /** The file as messages print it. */
  readonly file: string
  readonly workloads: readonly WorkloadConfig[]
  readonly gateways: readonly GatewayConfig[]
  /** What `lanes demo` plays; null where the file has no `spec.demo`. */
  readonly demo: DemoConfig | null
}

/** How every Deployment whose pods are labelled `app: APP` starts. */
export interface WorkloadConfig {
  readonly app: string
  /** Relative to lanes.yaml; default: its folder. */
  readonly cwd: string
  /** Program and arguments; no shell. */
  readonly command: readonly string[]
  /** Set over what the manifest's container sets. */
  readonly env: Readonly<Record<string, string>>
  /** `file:line:column` of the entry. */
  readonly position: string
}

/** Which ports of this machine stand for the ports of a Gateway. */
export interface GatewayConfig {
  /** `NAMESPACE/NAME`. */
  readonly gateway: string
  /** Gateway server port -> port on 127.0.0.1; 0 means any free one. */
  readonly listen: readonly {
    readonly port: number
    readonly local: number
    readonly position: string
  }[]
  readonly position: string
}

/** The requests of `lanes demo`. */
export interface DemoConfig {
  /** Where each request is sent; its port is a `local` one of a gateway. */
  readonly url: string
  readonly requests: readonly DemoRequest[]
  readonly position: string
}

export interface DemoRequest {
  /** The lane that is sent; null: no header. */
  readonly lane: string | null
  /** Who must have served, hop by hop: `testaaa@release-v1`. */
  readonly served: readonly { readonly app: string; readonly version: string }[]
  readonly position: string
}

/**
 * Reads the text of a lanes.yaml. Unknown fields are errors: a mistyped one would silently do nothing.
 *
 * @throws CliError (exit code 2) with file:line:column.
 */
export function parseConfig(text: string, file: string): LocalMeshConfig {
  const read = new YamlReader(parseYaml(text, file))
  const root = read.map(read.root, file, ['apiVersion', 'kind', 'metadata', 'spec'])
  read.equals(root, 'apiVersion', 'traffic-lanes.dev/v1alpha1')
  read.equals(root, 'kind', 'LocalMesh')
  const spec = read.map(read.get(root, 'spec'), 'spec', ['workloads', 'gateways', 'demo'])
  return {
    file,
    workloads: read.list(spec, 'workloads').map((node) => workload(read, node)),
    gateways: read.list(spec, 'gateways').map((node) => gateway(read, node)),
    demo: spec.has('demo') ? demo(read, read.get(spec, 'demo')) : null,
  }
}

function workload(read: YamlReader, node: ParsedNode): WorkloadConfig {
  const map = read.map(node, 'a workload', ['app', 'cwd', 'command', 'env'])
  const command = read.list(map, 'command').map((item) => read.string(item, 'command'))
  if (command.length === 0)
    throw read.error(map, '`command` must name a program: [node, dist/server.js]')
  const env = map.has('env') ? read.map(read.get(map, 'env'), 'env') : undefined
  return {
    app: read.string(read.get(map, 'app'), 'app'),
    cwd: map.has('cwd') ? read.string(read.get(map, 'cwd'), 'cwd') : '.',
    command,
    env: Object.fromEntries(
      (env?.items ?? []).map(({ key, value }) => [
        read.string(key, 'env'),
        value === null ? '' : read.scalar(value, 'env'),
      ]),
    ),
    position: read.at(node),
  }
}

function gateway(read: YamlReader, node: ParsedNode): GatewayConfig {
  const map = read.map(node, 'a gateway', ['gateway', 'listen'])
  const name = read.string(read.get(map, 'gateway'), 'gateway')
  if (!/^[^/]+\/[^/]+$/.test(name))
    throw read.error(read.get(map, 'gateway'), `\`gateway\` must be NAMESPACE/NAME, not "${name}"`)
  const listen = read.map(read.get(map, 'listen'), 'listen')
  return {
    gateway: name,
    listen: listen.items.map(({ key, value }) => ({
      port: read.port(key, 'listen', 1),
      local: read.port(value, 'listen', 0),
      position: read.at(key),
    })),
    position: read.at(node),
  }
}

function demo(read: YamlReader, node: ParsedNode): DemoConfig {
  const map = read.map(node, 'demo', ['url', 'requests'])
  const url = read.string(read.get(map, 'url'), 'url')
  if (!URL.canParse(url) || new URL(url).protocol !== 'http:')
    throw read.error(read.get(map, 'url'), `\`url\` must be an http:// URL, not "${url}"`)
  return {
    url,
    requests: read.list(map, 'requests').map((item) => demoRequest(read, item)),
    position: read.at(node),
  }
}

function demoRequest(read: YamlReader, node: ParsedNode): DemoRequest {
  const map = read.map(node, 'a request', ['lane', 'served'])
  return {
    lane: map.has('lane') ? read.string(read.get(map, 'lane'), 'lane') : null,
    served: read.list(map, 'served').map((item) => {
      const text = read.string(item, 'served')
      const [app, version, ...rest] = text.split('@')
      if (app === undefined || app === '' || version === undefined || rest.length > 0)
        throw read.error(item, `\`served\` must hold APP@VERSION, not "${text}"`)
      return { app, version }
    }),
    position: read.at(node),
  }
}
