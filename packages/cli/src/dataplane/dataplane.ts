import type { Destination } from '@traffic-lanes/routing'
import { openListener } from './listener.ts'
import type { Listener, ListenerOptions } from './listener.ts'
import { openProxy } from './proxy.ts'
import { Upstreams } from './upstream/index.ts'

/** Options of a listener for one destination. */
interface DestinationListenerOptions extends ListenerOptions {
  /** What its clients dialled: a Service's name or address and port, or a gateway's port. */
  readonly destination: Destination
}

/** The listeners of a local mesh, and the connections to its endpoints, which they share. */
export interface Dataplane {
  /**
   * Opens a listener whose connections all go to one destination, as a sidecar's or a gateway's do.
   *
   * @throws where the port is taken (`EADDRINUSE`) or not allowed (`EACCES`).
   */
  listen(options: DestinationListenerOptions): Promise<Listener>
  /**
   * Opens an HTTP proxy, for programs that know `HTTP_PROXY`: absolute request lines and CONNECT. What
   * the decisions know nothing of is reached outside the mesh.
   *
   * @throws where the port is taken (`EADDRINUSE`) or not allowed (`EACCES`).
   */
  listenProxy(options: ListenerOptions): Promise<Listener>
  /**
   * Closes all listeners, lets running requests end, then closes the connections to the endpoints. No
   * socket and no timer is left when it resolves.
   *
   * @param deadline milliseconds after which running requests are cut off. Default 10,000.
   */
  close(deadline?: number): Promise<void>
}

/**
 * Creates a data plane: it does with requests what a decision says, as Envoy would. Connections to an
 * endpoint are reused, and an endpoint that is asked no more is forgotten with its last one.
 *
 * @example
 * const dataplane = createDataplane()
 * const destination = { address: 'testbbb.test-istio.svc.cluster.local', port: 32000 }
 * const { port } = await dataplane.listen({ destination, decide: (request) => decide(config, request) })
 * await fetch(`http://127.0.0.1:${port}/`, { headers: { 'project-version': 'release-v1' } })
 * await dataplane.close()
 */
export function createDataplane(): Dataplane {
  const upstreams = new Upstreams()
  const listeners = new Set<Listener>()
  const track = async (opening: Promise<Listener>): Promise<Listener> => {
    const listener = await opening
    const tracked: Listener = {
      port: listener.port,
      abort: listener.abort,
      // It stays known until it has closed: closing the data plane may have to hurry it.
      close: (deadline) => listener.close(deadline).finally(() => listeners.delete(tracked)),
    }
    listeners.add(tracked)
    return tracked
  }
  return {
    listen: ({ destination, ...options }) =>
      track(
        openListener(upstreams, options, {
          leavesMesh: false,
          destinationOf: () => destination,
        }),
      ),
    listenProxy: (options) => track(openProxy(upstreams, options)),
    async close(deadline) {
      await Promise.all([...listeners].map((listener) => listener.close(deadline)))
      await upstreams.destroy()
    },
  }
}
