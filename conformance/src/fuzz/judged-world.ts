import type { World as JudgedWorld } from '../world.ts'
import { nameOf } from './manifest.ts'
import type { World } from './world.ts'

/** The world as both judges read it: a file for each object, in JSON, which YAML contains. */
export function judged(id: string, { manifests, meshConfig, requests }: World): JudgedWorld {
  return {
    id,
    manifests: manifests.map((manifest) => ({
      file: `${nameOf(manifest)}.json`,
      text: JSON.stringify(manifest),
    })),
    meshConfig: meshConfig === null ? null : JSON.stringify(meshConfig),
    requests: requests.map(({ from, method, url, headers, host, http, address }) => ({
      from,
      method,
      url,
      headers,
      host: host ?? null,
      http: http ?? '1.1',
      address: address ?? null,
    })),
  }
}
