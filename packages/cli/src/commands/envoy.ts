import { resolve } from 'node:path'
import type { Command } from 'commander'
import { compile, findProxy, proxies } from '@traffic-lanes/routing'
import type { EndpointSource, Mesh, Proxy, ProxyConfig } from '@traffic-lanes/routing'
import { stringify } from 'yaml'
import { collect, examples, manifestOptions, meshConfigOption } from '../command.ts'
import type { Start } from '../command.ts'
import { staticBootstrap } from '../envoy/bootstrap.ts'
import type { Address } from '../envoy/cluster.ts'
import { flatListeners } from '../envoy/flat-listener.ts'
import type { FlatListener } from '../envoy/flat-listener.ts'
import { envoyResources } from '../envoy/resources.ts'
import type { Binding } from '../envoy/resources.ts'
import type { Passthrough } from '../envoy/route.ts'
import { TrafficPolicies } from '../envoy/traffic-policy.ts'
import { writeXdsFolder } from '../envoy/xds-folder.ts'
import { CliError } from '../errors.ts'
import type { ExitCode } from '../errors.ts'
import type { Io } from '../io.ts'
import { loadProject } from '../project.ts'
import type { ManifestFlags } from '../project.ts'

interface EnvoyFlags extends ManifestFlags {
  readonly from: string
  /** As given: `NAME=HOST:PORT`. */
  readonly endpoint: readonly string[]
  /** As given: `PORT=LOCAL`. */
  readonly listen: readonly string[]
  readonly bind?: string
  /** `HOST:PORT`. */
  readonly admin: string
  /** A folder for xDS files. */
  readonly output?: string
}

/** Adds `lanes envoy` to the program. */
export function addEnvoy(program: Command, start: Start): void {
  meshConfigOption(manifestOptions(program.command('envoy')))
    .description('print the configuration with which a real Envoy does as this proxy of the mesh')
    .requiredOption(
      '--from <kind/namespace/name>',
      'whose proxy: deployment/NAMESPACE/NAME, statefulset/…, pod/… or gateway/…',
    )
    .option(
      '--endpoint <name=host:port>',
      'where this workload answers; may be repeated (default: at its name and target port)',
      collect,
      [],
    )
    .option(
      '--listen <port=local>',
      'listen on LOCAL for what the mesh calls PORT; may be repeated (default: on PORT)',
      collect,
      [],
    )
    .option(
      '--bind <address>',
      'address to listen on (default: 127.0.0.1 for a workload, 0.0.0.0 for a gateway)',
    )
    .option(
      '--admin <host:port>',
      'where Envoy answers questions about itself (default: 127.0.0.1:15000)',
      '127.0.0.1:15000',
    )
    .option(
      '-o, --output <folder>',
      'write files there that Envoy follows (xDS), and print the path of the bootstrap',
    )
    .addHelpText('after', EXAMPLES)
    .action((flags: EnvoyFlags) => start((io) => runEnvoy(flags, io)))
}

const EXAMPLES = examples(
  'lanes envoy --from gateway/test-istio/gateway --listen 80=8080 > envoy.yaml',
  'lanes envoy --from deployment/test-istio/testaaa-release --endpoint testbbb-release=127.0.0.1:3000',
  'lanes envoy --from gateway/test-istio/gateway -o xds && envoy -c xds/bootstrap.json',
)

async function runEnvoy(flags: EnvoyFlags, io: Io): Promise<ExitCode> {
  const project = await loadProject(flags, io)
  project.warn(io)
  const { mesh, resources: manifests } = project
  const proxy = requireProxy(mesh, flags.from)
  const config = compile(mesh, proxy, { endpoints: endpointSource(mesh, flags.endpoint) })
  const policies = new TrafficPolicies(manifests)
  const resources = envoyResources(config, bindings(config, flags, io), policies)
  const options = { admin: parseAddress('--admin', flags.admin) }
  if (flags.output === undefined) {
    const bootstrap = staticBootstrap(resources, options)
    // Envoy reads YAML 1.1, where a plain `yes` is a boolean.
    const format = { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false } as const
    io.stdout.write(stringify(bootstrap, format))
    return 0
  }
  const bootstrap = writeXdsFolder(resolve(io.cwd, flags.output), resources, options)
  io.stdout.write(`${bootstrap}\n`)
  return 0
}

function requireProxy(mesh: Mesh, from: string): Proxy {
  const proxy = findProxy(mesh, from)
  if (proxy !== undefined) return proxy
  const known = proxies(mesh).map(({ id }) => id)
  throw new CliError(
    `\`--from ${from}\` is no proxy of the manifests; say one of ${known.join(', ') || 'none: there is no workload'}`,
    2,
  )
}

/** A workload answers at its own name and the target port, as a container of a compose file does. */
function endpointSource(mesh: Mesh, given: readonly string[]): EndpointSource {
  const addresses = new Map(given.map((text) => parseEndpoint(mesh, text)))
  return ({ id, name, replicas }, port) =>
    replicas > 0 ? [addresses.get(id) ?? { address: name, port }] : []
}

function parseEndpoint(mesh: Mesh, text: string): [string, Address] {
  const [name = '', at = ''] = split(text)
  const found = mesh.workloads.filter(
    (workload) => workload.name === name || `${workload.namespace}/${workload.name}` === name,
  )
  const [workload] = found
  if (workload !== undefined && found.length === 1)
    return [workload.id, parseAddress(`--endpoint ${name}`, at)]
  const known = mesh.workloads.map((each) => `${each.namespace}/${each.name}`).join(', ')
  throw new CliError(
    `\`--endpoint ${text}\` names ${found.length === 0 ? 'no workload' : 'several workloads'}; say one of ${known}`,
    2,
  )
}

/** One listener for each port, at one address: without iptables nothing tells Services of one port apart. */
function bindings(config: ProxyConfig, flags: EnvoyFlags, io: Io): Binding[] {
  const isGateway = config.proxy.type === 'gateway'
  const address = flags.bind ?? (isGateway ? '0.0.0.0' : '127.0.0.1')
  const ports = new Map(flags.listen.map(parseListen))
  const all = flatListeners(config)
  for (const { name } of all.filter(({ endsTls }) => endsTls))
    io.stderr.write(
      `lanes: listener ${name} is left out: it ends TLS, and manifests do not hold its key\n`,
    )
  const listeners = all.filter(({ endsTls }) => !endsTls)
  const unknown = [...ports.keys()].find((port) => listeners.every((one) => one.port !== port))
  if (unknown !== undefined) {
    const known = listeners.map(({ port }) => port).join(', ')
    throw new CliError(
      `\`--listen ${unknown}=…\`: ${config.proxy.id} has no listener on port ${unknown} (it has ${known || 'none'})`,
      2,
    )
  }
  checkDistinct(config.proxy, listeners)
  return listeners.map((listener) => ({
    name: listener.name,
    listener,
    bind: { address, port: ports.get(listener.port) ?? listener.port },
    passthrough: passthroughOf(config, listener),
  }))
}

function checkDistinct({ id }: Proxy, listeners: readonly FlatListener[]): void {
  const byPort = new Map<number, FlatListener>()
  for (const second of listeners) {
    const { port } = second
    const first = byPort.get(port)
    byPort.set(port, second)
    if (first === undefined) continue
    throw new CliError(
      `${id} has the listeners ${first.name} and ${second.name}, which on one address need the same port ${port}; this cannot be expressed: give one of the Services another port, or declare both \`appProtocol: http\``,
      1,
    )
  }
}

/** Hosts that nobody knows go on to the Service that was dialled, where the port says which that is. */
function passthroughOf({ clusters }: ProxyConfig, { port }: FlatListener): Passthrough {
  const plain = [...clusters.values()].filter(
    (cluster) => cluster.port === port && cluster.subset === null,
  )
  const [only] = plain
  if (only !== undefined && plain.length === 1) return { cluster: only.name }
  return {
    refuse: `No Service of this name is in the mesh, and several have port ${port}: nothing says which one was dialled.`,
  }
}

function parseListen(text: string): [number, number] {
  const [port, local] = split(text).map(Number)
  if (isPort(port) && (isPort(local) || local === 0)) return [port, local]
  throw new CliError(`\`--listen ${text}\` is not PORT=LOCAL, as in 80=8080`, 2)
}

function parseAddress(option: string, text: string): Address {
  const colon = text.lastIndexOf(':')
  const address = text.slice(0, Math.max(colon, 0)).replaceAll(/[[\]]/g, '')
  const port = Number(text.slice(colon + 1))
  if (address !== '' && (isPort(port) || port === 0)) return { address, port }
  throw new CliError(`\`${option}\` wants HOST:PORT, got ${JSON.stringify(text)}`, 2)
}

function split(text: string): string[] {
  const equals = text.indexOf('=')
  return equals < 0 ? [text] : [text.slice(0, equals), text.slice(equals + 1)]
}

function isPort(port: number | undefined): port is number {
  return port !== undefined && Number.isInteger(port) && port > 0 && port <= 65_535
}
