import type { PlannedWorkload } from './plan.ts'
import { preloadUrl } from './names.ts'

/** The way from a workload's process to its sidecar. */
export interface SidecarAddress {
  /** File of the workload's Service names (preload.ts). */
  readonly names: string
  /** `http://127.0.0.1:PORT`, for programs that are not Node. */
  readonly httpProxy: string
}

/**
 * What the mesh itself puts into a workload's environment, over everything else: the pod's, then
 * lanes.yaml's. An attached process needs the same.
 */
export function meshEnvironment(
  { workload, pod, process: started }: PlannedWorkload,
  sidecar: SidecarAddress,
  inheritedNodeOptions: string | undefined,
): Record<string, string> {
  const own = { ...pod.env, ...started?.config.env }
  const nodeOptions = own['NODE_OPTIONS'] ?? inheritedNodeOptions
  return {
    ...own,
    POD_NAMESPACE: workload.namespace,
    NODE_OPTIONS: [nodeOptions, `--import=${preloadUrl()}`].filter(Boolean).join(' '),
    LANES_NAMES: sidecar.names,
    LANES_HTTP_PROXY: sidecar.httpProxy,
    HTTP_PROXY: sidecar.httpProxy,
    http_proxy: sidecar.httpProxy,
    NO_PROXY: 'localhost,127.0.0.1,::1',
    no_proxy: 'localhost,127.0.0.1,::1',
  }
}
