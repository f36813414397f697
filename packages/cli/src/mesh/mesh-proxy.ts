import type { EndpointSource, Mesh, Resource } from '@traffic-lanes/routing'
import type { Listener } from '../dataplane/index.ts'
import type { NameTable } from './names.ts'

/** What a proxy of the mesh shares with all others. */
export interface MeshState {
  readonly mesh: Mesh
  readonly resources: readonly Resource[]
  readonly endpoints: EndpointSource
}

/** A sidecar or a gateway of the local mesh. */
export interface MeshProxy {
  /**
   * Takes another configuration for the requests that come; those under way finish on theirs. Resolves when
   * every request that comes from then on is decided by it.
   */
  update(state: MeshState): Promise<void>
  /** Opens a listener for a gateway's server port. Rejects where `local` is taken; 0 is any free one. */
  listenGateway(port: number, local: number): Promise<Listener>
  /**
   * Opens a listener for every port of every Service that is not open yet, and closes those whose
   * Service is gone.
   *
   * @returns the names under which the workload finds them.
   */
  syncServices(): Promise<NameTable>
  /** The port of the HTTP proxy for programs that are not Node. */
  openHttpProxy(): Promise<number>
  /** Stops accepting and waits until the running requests have ended. */
  close(): Promise<void>
  /** Cuts everything off, and resolves when nothing of it is left. */
  abort(): Promise<void>
}
