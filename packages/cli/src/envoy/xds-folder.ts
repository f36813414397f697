import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { discoveryResponse, dynamicBootstrap, fromFile } from './bootstrap.ts'
import type { BootstrapOptions } from './bootstrap.ts'
import { envoyCluster, loadAssignment } from './cluster.ts'
import type { JsonObject } from './json.ts'
import { envoyListener } from './listener.ts'
import type { EnvoyResources } from './resources.ts'

const LISTENER = 'envoy.config.listener.v3.Listener'
const CLUSTER = 'envoy.config.cluster.v3.Cluster'
const ROUTES = 'envoy.config.route.v3.RouteConfiguration'
const ENDPOINTS = 'envoy.config.endpoint.v3.ClusterLoadAssignment'

/**
 * A folder of files from which an Envoy takes its configuration, and takes it again when they change:
 * `bootstrap.json`, `lds.json`, `cds.json`, one file for each route configuration and each cluster's
 * endpoints. A file is replaced only where its content changes, so that Envoy is bothered with nothing else.
 */
export class XdsFolder {
  readonly bootstrap: string
  readonly #folder: string
  readonly #options: BootstrapOptions
  readonly #written = new Map<string, string>()

  /** @param folder Absolute, since Envoy is started elsewhere; made where it does not exist. */
  constructor(folder: string, options: BootstrapOptions) {
    this.#folder = folder
    this.#options = options
    this.bootstrap = join(folder, 'bootstrap.json')
    for (const part of ['rds', 'eds']) mkdirSync(join(folder, part), { recursive: true })
  }

  /**
   * Writes what differs from the last time: endpoints and clusters before the routes that name them, what
   * nothing names any more removed at the end (make before break).
   */
  write(resources: EnvoyResources): void {
    const keep = new Set<string>()
    const put = (file: string, content: JsonObject): void => {
      keep.add(file)
      this.#replace(file, JSON.stringify(content))
    }
    for (const { name, endpoints } of resources.clusters)
      put(fileOf('eds', name), response(ENDPOINTS, [loadAssignment(name, endpoints)]))
    const clusters = resources.clusters.map(({ name, policy }) => {
      const config = fromFile(join(this.#folder, fileOf('eds', name)))
      return envoyCluster(name, { kind: 'file', config }, policy)
    })
    put('cds.json', response(CLUSTER, clusters))
    for (const [name, config] of resources.routeConfigs)
      put(fileOf('rds', name), response(ROUTES, [config]))
    const listeners = resources.listeners.map((listener) =>
      envoyListener({ ...listener, routes: this.#routesOf(listener.routeConfig) }),
    )
    put('lds.json', response(LISTENER, listeners))
    put(
      'bootstrap.json',
      dynamicBootstrap(resources.id, {
        ...this.#options,
        listeners: join(this.#folder, 'lds.json'),
        clusters: join(this.#folder, 'cds.json'),
      }),
    )
    this.#removeAllBut(keep)
  }

  #routesOf(name: string | null): { readonly rds: JsonObject } | null {
    if (name === null) return null
    const source = fromFile(join(this.#folder, fileOf('rds', name)))
    return { rds: { route_config_name: name, config_source: source } }
  }

  /** By a move, since Envoy follows only those: it never reads half a file. */
  #replace(file: string, text: string): void {
    if (this.#written.get(file) === text) return
    const path = join(this.#folder, file)
    writeFileSync(`${path}.new`, text)
    renameSync(`${path}.new`, path)
    this.#written.set(file, text)
  }

  #removeAllBut(keep: ReadonlySet<string>): void {
    for (const part of ['rds', 'eds']) {
      for (const name of readdirSync(join(this.#folder, part))) {
        const file = join(part, name)
        if (keep.has(file)) continue
        rmSync(join(this.#folder, file))
        this.#written.delete(file)
      }
    }
  }
}

/** The version of a resource is its content's digest: the same content is no news. */
function response(type: string, resources: readonly JsonObject[]): JsonObject {
  const digest = createHash('sha256').update(JSON.stringify(resources)).digest('hex')
  return discoveryResponse(type, digest.slice(0, 16), resources)
}

/** Envoy's names hold `|` and `:`, which some file systems do not like. */
function fileOf(part: 'rds' | 'eds', name: string): string {
  return join(part, `${name.replaceAll(/[^\w.-]/g, '_')}.json`)
}
