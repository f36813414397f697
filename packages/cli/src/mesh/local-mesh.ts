import { dirname, resolve } from 'node:path'
import { findProxy } from '@traffic-lanes/routing'
import type { Mesh, Resource } from '@traffic-lanes/routing'
import type { LocalMeshConfig } from '../config.ts'
import { createDataplane } from '../dataplane/index.ts'
import type { AccessLogEntry } from '../dataplane/index.ts'
import { CliError } from '../errors.ts'
import { meshEnvironment } from './environment.ts'
import { GatewayListeners } from './gateway-listeners.ts'
import { checkGateway } from './gateways.ts'
import type { Instance } from './instance.ts'
import { XdsServer } from '../envoy/xds-server.ts'
import { EnvoyProxy } from './envoy-proxy.ts'
import type { MeshProxy, MeshState } from './mesh-proxy.ts'
import { NameFiles } from './names.ts'
import { NodeProxy } from './node-proxy.ts'
import { planWorkloads } from './plan.ts'
import type { Attached, Plan, PlannedWorkload } from './plan.ts'
import { Processes } from './processes.ts'
import { Reaper } from './reaper.ts'
import type { Reporter } from './reporter.ts'
import { Running } from './running.ts'

/** What the mesh runs: the manifests' model, and how its workloads start here. */
export interface MeshInput {
  readonly mesh: Mesh
  /** What the model was made of. */
  readonly resources: readonly Resource[]
  readonly config: LocalMeshConfig
}

export interface LocalMeshOptions extends MeshInput {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  readonly attach: ReadonlyMap<string, Attached>
  readonly report: Reporter
  /** What becomes of a process that dies after it was ready: `restart` it, or leave it to the caller. */
  readonly onDeath: 'restart' | 'report'
  /** Path of the program where the proxies are Envoys; null: they run in this process. */
  readonly envoy: string | null
}

/**
 * The mesh on this machine: a process for each workload, a sidecar for each process, and the gateways,
 * routed by the manifests. Nothing of it outlives `stop`.
 */
export class LocalMesh {
  readonly #options: LocalMeshOptions
  readonly #dataplane = createDataplane()
  readonly #names = new NameFiles()
  readonly #reaper = new Reaper()
  readonly #xds = new XdsServer()
  /** By workload id: what it runs by, its sidecar, and the instance that serves. */
  readonly #running = new Map<string, Running>()
  readonly #gateways: GatewayListeners
  readonly #processes: Processes
  /** Ports of this machine that an instance or a proxy has or is about to have. */
  readonly #ports = new Set<number>()
  /** The start or the reload that is under way, or the last one. */
  #work: Promise<void> = Promise.resolve()
  #input: MeshInput
  #state: MeshState

  constructor(options: LocalMeshOptions) {
    this.#options = options
    this.#input = options
    this.#state = this.#stateOf(options)
    this.#reaper.ownsFolder(this.#names.folder)
    this.#gateways = new GatewayListeners((id) => this.#proxyFor(id), options.report.listening)
    this.#processes = new Processes({
      env: options.env,
      reaper: this.#reaper,
      ports: this.#ports,
      onLog: options.report.log,
    })
  }

  /**
   * Opens the gateways, then starts every workload and waits until all are ready.
   *
   * @throws CliError: a port is taken, a workload does not start (exit code 1), lanes.yaml and the
   * manifests do not fit together (2). The caller then calls `stop`.
   */
  start(): Promise<void> {
    this.#work = this.#startMesh()
    return this.#work
  }

  /**
   * Takes changed manifests or a changed lanes.yaml: routes change in place, a workload whose pod
   * template or lanes.yaml entry changed is replaced once its successor is ready, running requests
   * finish.
   *
   * @throws CliError where they do not fit together: everything stays as it was.
   */
  reload(input: MeshInput): Promise<void> {
    this.#work = this.#reloadMesh(input)
    return this.#work
  }

  /** The port of this machine that stands for a gateway's port. */
  gatewayPort(gateway: string, port: number): number | undefined {
    return this.#gateways.port(gateway, port)
  }

  /** Ends every process and closes every port; resolves when nothing is left. */
  async stop(): Promise<void> {
    this.#processes.close()
    for (const running of this.#running.values()) running.cancelRestart()
    await this.#endAll()
    // What was under way may have opened something more before it saw the end.
    await this.#work.catch(() => {})
    await this.#endAll()
    // Listeners of workloads that are gone may still wait for their last requests.
    await this.#dataplane.close(0)
    await this.#xds.close()
    await this.#reaper.close()
  }

  /** Ends every process at once; `stop` must have been called. */
  kill(): void {
    this.#processes.kill()
  }

  async #startMesh(): Promise<void> {
    const plan = this.#plan(this.#input)
    if (this.#options.envoy !== null) await this.#xds.listen()
    await this.#gateways.sync(this.#input.config)
    const workloads = [...plan.workloads.values()]
    await Promise.all(workloads.map((planned) => this.#open(planned)))
    await this.#startAll(workloads)
  }

  async #reloadMesh(input: MeshInput): Promise<void> {
    const plan = this.#plan(input)
    this.#input = input
    await this.#setState(this.#stateOf(input))
    for (const [id, running] of this.#running) {
      if (plan.workloads.has(id)) continue
      this.#running.delete(id)
      running.cancelRestart()
      void this.#retire(running, 'its Deployment is gone')
    }
    await this.#gateways.sync(input.config).catch((error: unknown) => {
      if (!(error instanceof CliError)) throw error
      this.#options.report.failed(error)
    })
    const changed: PlannedWorkload[] = []
    for (const planned of plan.workloads.values()) {
      const running = this.#running.get(planned.workload.id)
      if (running?.planned.signature === planned.signature) {
        running.planned = planned
        await this.#publish(running)
      } else {
        changed.push(planned)
        await this.#open(planned)
      }
    }
    await this.#setState(this.#state)
    await Promise.all(changed.map((planned) => this.#replace(planned)))
  }

  /** Starts a workload anew; where that fails, the process before it keeps serving. */
  async #replace(planned: PlannedWorkload): Promise<void> {
    this.#running.get(planned.workload.id)?.cancelRestart()
    try {
      await this.#startAll([planned])
    } catch (error) {
      if (!(error instanceof CliError)) throw error
      const running = this.#running.get(planned.workload.id)
      // Another signature than any: the next reload tries again.
      if (running !== undefined) running.planned = { ...planned, signature: '' }
      this.#options.report.failed(error)
    }
  }

  async #endAll(): Promise<void> {
    this.#gateways.abort()
    const proxies = this.#proxies().map((proxy) => proxy.abort())
    await Promise.all([...proxies, this.#processes.endAll()])
  }

  #plan({ mesh, config }: MeshInput): Plan {
    const folder = dirname(resolve(this.#options.cwd, config.file))
    const plan = planWorkloads(mesh, config, folder, this.#options.attach)
    for (const gateway of config.gateways) checkGateway(mesh, gateway)
    for (const diagnostic of plan.diagnostics) this.#options.report.diagnostic(diagnostic)
    return plan
  }

  #stateOf({ mesh, resources }: MeshInput): MeshState {
    return {
      mesh,
      resources,
      endpoints: (workload, targetPort) => {
        const running = this.#running.get(workload.id)
        if (running === undefined || !running.planned.pod.servesPort(targetPort)) return []
        const serving = running.planned.attached ?? running.instance
        return serving === undefined ? [] : [{ address: serving.host, port: serving.port }]
      },
    }
  }

  /** Resolves when every proxy sees the manifests and the endpoints as they are now. */
  async #setState(state: MeshState): Promise<void> {
    this.#state = state
    await Promise.all(this.#proxies().map((proxy) => this.#update(proxy, state)))
  }

  /** A proxy that cannot take what the manifests say goes on with what it had. */
  async #update(proxy: MeshProxy, state: MeshState): Promise<void> {
    try {
      await proxy.update(state)
    } catch (error) {
      if (!(error instanceof CliError)) throw error
      this.#options.report.failed(error)
    }
  }

  #proxies(): MeshProxy[] {
    const sidecars = [...this.#running.values()].map(({ sidecar }) => sidecar)
    return [...this.#gateways.proxies, ...sidecars]
  }

  #proxyFor(id: string): MeshProxy {
    const proxy = findProxy(this.#state.mesh, id)
    if (proxy === undefined) throw new Error(`the engine knows no proxy ${id}`)
    const onRequest = (entry: AccessLogEntry): void => this.#options.report.request(proxy, entry)
    const { envoy } = this.#options
    if (envoy === null) return new NodeProxy(proxy, this.#dataplane, this.#state, onRequest)
    return new EnvoyProxy(proxy, this.#state, {
      program: envoy,
      folder: this.#names.folder,
      xds: this.#xds,
      reaper: this.#reaper,
      dataplane: this.#dataplane,
      ports: this.#ports,
      onRequest,
      onFailure: this.#options.report.failed,
    })
  }

  /** Makes the sidecar of a workload, or keeps the one it has, and lets its process find it. */
  async #open(planned: PlannedWorkload): Promise<void> {
    const { id } = planned.workload
    const running = this.#running.get(id) ?? new Running(planned, this.#proxyFor(id))
    this.#running.set(id, running)
    running.planned = planned
    await this.#publish(running)
  }

  async #publish({ planned, sidecar }: Running): Promise<void> {
    this.#names.write(planned.workload.id, await sidecar.syncServices())
  }

  async #startAll(workloads: readonly PlannedWorkload[]): Promise<void> {
    await Promise.all(workloads.map((planned) => this.#start(planned)))
  }

  async #start(planned: PlannedWorkload): Promise<void> {
    const running = this.#running.get(planned.workload.id)
    if (running === undefined) return
    const sidecar = {
      names: this.#names.pathOf(planned.workload.id),
      httpProxy: `http://127.0.0.1:${await running.sidecar.openHttpProxy()}`,
    }
    const environment = meshEnvironment(planned, sidecar, this.#options.env['NODE_OPTIONS'])
    if (planned.attached !== null) {
      this.#options.report.attached(planned.workload, planned.attached, environment)
      await this.#serve(running, undefined)
      return
    }
    const instance = await this.#processes.start(planned, environment)
    if (instance !== undefined) await this.#serve(running, instance)
  }

  /** The instance takes the workload's traffic; the one before it finishes and stops. */
  async #serve(running: Running, instance: Instance | undefined): Promise<void> {
    const before = running.instance
    running.instance = instance
    await this.#setState(this.#state)
    if (instance !== undefined) {
      // Only now do all proxies send requests to it.
      const { workload, host, port, pid, readyAfter } = instance
      this.#options.report.ready(workload, { host, port, pid, ms: readyAfter })
      running.served()
      void this.#watch(running, instance)
    }
    if (before !== undefined) await this.#processes.end(before)
  }

  async #retire(running: Running, why: string): Promise<void> {
    const { instance, planned, sidecar } = running
    running.instance = undefined
    await this.#setState(this.#state)
    if (instance !== undefined) await this.#processes.end(instance)
    await sidecar.close()
    this.#options.report.stopped(planned.workload, why)
  }

  /** Sees a serving process die: its endpoint goes, and it is started again where that was asked. */
  async #watch(running: Running, instance: Instance): Promise<void> {
    const how = await instance.ended
    if (running.instance !== instance || this.#processes.stopping) return
    running.instance = undefined
    await this.#setState(this.#state)
    running.died()
    const restarts = this.#options.onDeath === 'restart'
    const pause = running.nextPause()
    const next = restarts
      ? `requests to it get 503 until it is back; it is started again in ${pause / 1000} s; `
      : ''
    const error = new CliError(`${instance.describe()} ${how}; ${next}${instance.cure()}`, 1)
    this.#options.report.failed(error)
    if (restarts) running.restartAfter(pause, () => void this.#restart(running))
  }

  async #restart(running: Running): Promise<void> {
    try {
      await this.#startAll([running.planned])
    } catch (error) {
      if (this.#processes.stopping) return
      if (!(error instanceof CliError)) throw error
      this.#options.report.failed(error)
      running.restartAfter(running.nextPause(), () => void this.#restart(running))
    }
  }
}
