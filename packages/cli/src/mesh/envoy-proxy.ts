import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { compile, decide, dnsNames, findProxy } from '@traffic-lanes/routing'
import type { Decision, Proxy, ProxyConfig, Request, Service } from '@traffic-lanes/routing'
import type { AccessLogEntry, Dataplane, Listener } from '../dataplane/index.ts'
import { dynamicBootstrap } from '../envoy/bootstrap.ts'
import { discoveryOf, versionsOf } from '../envoy/discovery.ts'
import { listenerFor } from '../envoy/flat-listener.ts'
import { EnvoyProcess } from '../envoy/process.ts'
import { readLogLine } from '../envoy/log-entry.ts'
import { envoyResources } from '../envoy/resources.ts'
import type { Binding } from '../envoy/resources.ts'
import { TrafficPolicies } from '../envoy/traffic-policy.ts'
import type { XdsServer } from '../envoy/xds-server.ts'
import type { CliError } from '../errors.ts'
import type { MeshProxy, MeshState } from './mesh-proxy.ts'
import type { NameTable } from './names.ts'
import { isTaken, reservePort } from './ports.ts'
import type { Reaper } from './reaper.ts'

/** An Envoy that ended is started again after so long. */
const RESTART_PAUSE_MS = 500

export interface EnvoyProxyOptions {
  /** Path of the program. */
  readonly program: string
  /** Where its own folder is made. */
  readonly folder: string
  readonly xds: XdsServer
  readonly reaper: Reaper
  readonly dataplane: Dataplane
  /** Ports of this machine that the mesh has given out. */
  readonly ports: Set<number>
  readonly onRequest: (entry: AccessLogEntry) => void
  readonly onFailure: (error: CliError) => void
}

/** A listener that Envoy has, or will have. */
interface Opened {
  /** The Service that is dialled there; null at a gateway. */
  readonly service: string | null
  readonly port: number
  readonly local: number
}

/**
 * A sidecar or a gateway that is an Envoy of its own, that asks us for its configuration. Where iptables would lead every
 * connection to one port of it, here each Service port has a port of this machine.
 */
export class EnvoyProxy implements MeshProxy {
  readonly #options: EnvoyProxyOptions
  readonly #folder: string
  readonly #stopping = new AbortController()
  /** By name. */
  readonly #opened = new Map<string, Opened>()
  #proxy: Proxy
  #state: MeshState
  #config: ProxyConfig | undefined
  /** What the workload finds under a Service's name. */
  #names: NameTable = {}
  #process: EnvoyProcess | undefined
  #httpProxy: Listener | undefined
  /** The change that waits for the one under way; it takes whatever is then the state. */
  #next: Promise<void> | undefined
  #last: Promise<void> = Promise.resolve()

  constructor(proxy: Proxy, state: MeshState, options: EnvoyProxyOptions) {
    this.#proxy = proxy
    this.#state = state
    this.#options = options
    this.#folder = mkdtempSync(join(options.folder, 'envoy-'))
  }

  async update(state: MeshState): Promise<void> {
    this.#state = state
    this.#proxy = findProxy(state.mesh, this.#proxy.id) ?? this.#proxy
    if (this.#process !== undefined) await this.#apply()
  }

  async listenGateway(port: number, local: number): Promise<Listener> {
    if (local !== 0 && (await isTaken(local)))
      throw Object.assign(new Error(`port ${local} is taken`), { code: 'EADDRINUSE' })
    const chosen = local === 0 ? await reservePort(this.#options.ports) : local
    const name = `${port}:${chosen}`
    this.#opened.set(name, { service: null, port, local: chosen })
    await this.#apply()
    const close = async (): Promise<void> => {
      if (!this.#opened.delete(name)) return
      this.#options.ports.delete(chosen)
      if (!this.#stopping.signal.aborted) await this.#apply()
    }
    return { port: chosen, close, abort: () => void this.abort() }
  }

  async syncServices(): Promise<NameTable> {
    const table: Record<string, Record<string, number>> = {}
    const wanted = new Set<string>()
    for (const service of this.#state.mesh.services) {
      const ports: Record<string, number> = {}
      for (const { port, protocol } of service.ports) {
        if (protocol === 'udp') continue
        const name = `${service.host}:${port}`
        wanted.add(name)
        ports[port] = (this.#opened.get(name) ?? (await this.#open(name, service, port))).local
      }
      for (const name of dnsNames(service, this.#proxy.namespace)) table[name] = ports
    }
    for (const [name, { service, local }] of this.#opened) {
      if (service === null || wanted.has(name)) continue
      this.#opened.delete(name)
      this.#options.ports.delete(local)
    }
    this.#names = table
    await this.#apply()
    return table
  }

  async openHttpProxy(): Promise<number> {
    this.#httpProxy ??= await this.#options.dataplane.listenProxy({
      host: '127.0.0.1',
      port: 0,
      decide: (request) => this.#toEnvoy(request),
    })
    return this.#httpProxy.port
  }

  close(): Promise<void> {
    return this.abort()
  }

  async abort(): Promise<void> {
    this.#stopping.abort()
    this.#httpProxy?.abort()
    await this.#process?.kill()
  }

  async #open(name: string, service: Service, port: number): Promise<Opened> {
    const local = await reservePort(this.#options.ports)
    const opened = { service: service.host, port, local }
    this.#opened.set(name, opened)
    return opened
  }

  /** Brings Envoy to what is the state now; starts it where it does not run. Changes come one by one. */
  #apply(): Promise<void> {
    this.#next ??= this.#last.then(() => {
      this.#next = undefined
      return this.#bring()
    })
    this.#last = this.#next.catch(() => {})
    return this.#next
  }

  async #bring(): Promise<void> {
    if (this.#stopping.signal.aborted) return
    const { mesh, resources, endpoints } = this.#state
    this.#config = compile(mesh, this.#proxy, { endpoints })
    const bindings = this.#bindings(this.#config)
    const policies = new TrafficPolicies(resources)
    const { xds } = this.#options
    const discovery = discoveryOf(envoyResources(this.#config, bindings, policies), {
      routes: () => xds.source,
      endpoints: xds.source,
    })
    xds.set(this.#config.proxy.id, discovery)
    this.#process ??= this.#start()
    const running = this.#process
    const admin = await running.serving().catch((error: unknown) => {
      if (this.#stopping.signal.aborted) return undefined
      throw error
    })
    if ((await admin?.runsOn(versionsOf(discovery), this.#stopping.signal)) !== false) return
    if (!this.#stopping.signal.aborted)
      throw running.failure(
        'does not take its configuration; the manifests ask for what it cannot do',
      )
  }

  #start(): EnvoyProcess {
    const { program, reaper, xds, onRequest } = this.#options
    const bootstrap = join(this.#folder, 'bootstrap.json')
    const sources = { listeners: xds.source, clusters: xds.source, asked: [xds.cluster] }
    writeFileSync(bootstrap, JSON.stringify(dynamicBootstrap(this.#proxy.id, ADMIN, sources)))
    const started = new EnvoyProcess({
      program,
      folder: this.#folder,
      bootstrap,
      id: this.#proxy.id,
      reaper,
      onAccess: (line) => {
        const entry = this.#config === undefined ? undefined : readLogLine(line, this.#config)
        if (entry !== undefined) onRequest(entry)
      },
    })
    void this.#watch(started)
    return started
  }

  /** Sees it end, and starts it again. */
  async #watch(running: EnvoyProcess): Promise<void> {
    const serving = await running.serving().then(
      () => true,
      () => false,
    )
    const how = await running.ended
    if (!serving || this.#stopping.signal.aborted) return
    this.#options.onFailure(running.failure(`${how}; it is started again`))
    await setTimeout(RESTART_PAUSE_MS, undefined, { signal: this.#stopping.signal }).catch(() => {})
    if (!this.#stopping.signal.aborted) this.#process = this.#start()
  }

  #bindings(config: ProxyConfig): Binding[] {
    return [...this.#opened].flatMap(([name, { service, port, local }]): Binding[] => {
      const listener = listenerFor(config, service, port)
      if (listener === null) return []
      const cluster = `outbound|${port}||${service}`
      return [
        {
          name,
          listener,
          bind: { address: '127.0.0.1', port: local },
          passthrough: service === null ? NO_SERVICE : { cluster },
        },
      ]
    })
  }

  /** A program that knows `HTTP_PROXY` is led on to Envoy's listener for what it dials. */
  #toEnvoy(request: Request): Decision {
    const { mesh, endpoints } = this.#state
    this.#config ??= compile(mesh, this.#proxy, { endpoints })
    const decision = decide(this.#config, request, { passed: false })
    const { address = '', port } = request.destination
    const local = this.#names[address.toLowerCase()]?.[port]
    if (local === undefined) return decision
    const { id: workload, namespace } = this.#proxy
    const endpoint = { address: '127.0.0.1', port: local, workload, namespace }
    return {
      ...decision,
      ...UNTOUCHED,
      outcome: {
        kind: 'forward',
        cluster: 'envoy',
        subset: null,
        endpoints: [endpoint],
        weights: [],
      },
    }
  }
}

/** A free port, which Envoy writes into a file. */
const ADMIN = { admin: { address: '127.0.0.1', port: 0 } }

const NO_SERVICE = { refuse: 'A gateway passes on only what its routes name.' }

/** Envoy does what the route says; here the request goes on as it is. */
const UNTOUCHED = {
  rewrite: { path: null, authority: null },
  requestHeaders: { set: [], add: [], remove: [] },
  responseHeaders: { set: [], add: [], remove: [] },
  timeout: null,
  retries: null,
  mirrors: [],
  fault: null,
} as const
