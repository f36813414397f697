import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { dynamicBootstrap } from './bootstrap.ts'
import type { BootstrapOptions } from './bootstrap.ts'
import { discoveryOf } from './discovery.ts'
import type { JsonObject } from './json.ts'
import type { EnvoyResources } from './resources.ts'

/**
 * Writes files from which an Envoy takes its configuration, and takes it again when they are replaced:
 * `bootstrap.json`, `lds.json`, `cds.json` with the endpoints, and one file for each route configuration.
 * Not one for each cluster: Envoy needs an inotify instance for every file that it follows, and Linux gives a
 * user 128 of them.
 *
 * @param folder Absolute, since Envoy is started elsewhere; made where it does not exist.
 * @returns the path of the bootstrap.
 */
export function writeXdsFolder(
  folder: string,
  resources: EnvoyResources,
  options: BootstrapOptions,
): string {
  mkdirSync(join(folder, 'rds'), { recursive: true })
  const { listeners, clusters, routes } = discoveryOf(resources, {
    routes: (name) => fromFile(join(folder, fileOf(name))),
    endpoints: null,
  })
  // Clusters before the routes that name them (make before break).
  replace(join(folder, 'cds.json'), clusters)
  for (const [name, response] of routes) replace(join(folder, fileOf(name)), response)
  replace(join(folder, 'lds.json'), listeners)
  const bootstrap = join(folder, 'bootstrap.json')
  replace(
    bootstrap,
    dynamicBootstrap(resources.id, options, {
      listeners: fromFile(join(folder, 'lds.json')),
      clusters: fromFile(join(folder, 'cds.json')),
    }),
  )
  return bootstrap
}

function fromFile(path: string): JsonObject {
  return { path_config_source: { path }, resource_api_version: 'V3' }
}

/** By a move, since Envoy follows only those: it never reads half a file. */
function replace(path: string, content: object): void {
  writeFileSync(`${path}.new`, JSON.stringify(content))
  renameSync(`${path}.new`, path)
}

/** Envoy's names hold `:`, which some file systems do not like. */
function fileOf(name: string): string {
  return join('rds', `${name.replaceAll(/[^\w.-]/g, '_')}.json`)
}
