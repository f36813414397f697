import { isAbsolute, join } from 'node:path'
import type { Diagnostic, Mesh, Service, Workload } from '@traffic-lanes/routing'
import type { LocalMeshConfig, WorkloadConfig } from '../config.ts'
import { CliError } from '../errors.ts'
import { podTemplateOf, readPod } from './pod.ts'
import type { Pod } from './pod.ts'

/** Where an instance that we do not start answers: `--attach testaaa-release-v2=127.0.0.1:3000`. */
export interface Attached {
  readonly host: string
  readonly port: number
}

/** What is to run: the Deployments with replicas, and how lanes.yaml says that each starts. */
export interface Plan {
  readonly workloads: ReadonlyMap<string, PlannedWorkload>
  /** Workloads that cannot run here, by name. */
  readonly diagnostics: readonly Diagnostic[]
}

export interface PlannedWorkload {
  readonly workload: Workload
  readonly pod: Pod
  /** null: attached, the process is somebody else's. */
  readonly process: {
    readonly config: WorkloadConfig
    /** Absolute. */
    readonly cwd: string
  } | null
  readonly attached: Attached | null
  /** Changes exactly when a running process must be replaced. */
  readonly signature: string
}

/**
 * @param folder Absolute folder of lanes.yaml.
 * @throws CliError (exit code 2) where lanes.yaml or `--attach` names what the manifests do not have.
 */
export function planWorkloads(
  mesh: Mesh,
  config: LocalMeshConfig,
  folder: string,
  attach: ReadonlyMap<string, Attached>,
): Plan {
  checkApps(mesh, config)
  const attached = resolveAttached(mesh, attach)
  const workloads = new Map<string, PlannedWorkload>()
  const diagnostics: Diagnostic[] = []
  for (const workload of mesh.workloads) {
    if (workload.replicas === 0) continue
    const entry = config.workloads.find(({ app }) => app === appOf(workload))
    const address = attached.get(workload.id) ?? null
    if (entry === undefined && address === null) {
      diagnostics.push(notStarted(workload, config))
      continue
    }
    const pod = readPod(workload)
    diagnostics.push(...unknownEnv(workload, pod, entry))
    const process =
      entry === undefined || address !== null
        ? null
        : { config: entry, cwd: isAbsolute(entry.cwd) ? entry.cwd : join(folder, entry.cwd) }
    const signature = JSON.stringify([
      podTemplateOf(workload),
      entry && [entry.cwd, entry.command, entry.env],
      address,
    ])
    workloads.set(workload.id, { workload, pod, process, attached: address, signature })
  }
  diagnostics.push(...mesh.services.flatMap(carriedAsBytes))
  return { workloads, diagnostics }
}

/** The app that a workload belongs to, by the labels that people use for it. */
function appOf({ labels }: Workload): string | undefined {
  return labels['app'] ?? labels['app.kubernetes.io/name']
}

function checkApps(mesh: Mesh, config: LocalMeshConfig): void {
  const apps = new Set(mesh.workloads.map(appOf))
  for (const { app, position } of config.workloads) {
    if (apps.has(app)) continue
    const known = [...apps].filter((name) => name !== undefined).join(', ')
    throw new CliError(
      `${position}: no Deployment has pods labelled \`app: ${app}\` (there is ${known || 'none at all'}); correct the name or the manifests`,
      2,
    )
  }
}

function resolveAttached(
  mesh: Mesh,
  attach: ReadonlyMap<string, Attached>,
): ReadonlyMap<string, Attached> {
  return new Map(
    [...attach].map(([name, address]) => {
      const found = mesh.workloads.filter(
        (workload) => workload.name === name || `${workload.namespace}/${workload.name}` === name,
      )
      const [workload] = found
      if (workload === undefined || found.length > 1) {
        const names = mesh.workloads.map((each) => `${each.namespace}/${each.name}`).join(', ')
        throw new CliError(
          `\`--attach ${name}=…\` names ${found.length === 0 ? 'no Deployment' : 'several Deployments'}; say one of ${names}`,
          2,
        )
      }
      return [workload.id, address]
    }),
  )
}

function notStarted(workload: Workload, config: LocalMeshConfig): Diagnostic {
  const app = appOf(workload)
  const cure =
    app === undefined
      ? 'label its pods `app: NAME` and list that name'
      : `list \`app: ${app}\` there`
  return {
    code: 'not-started',
    level: 'warning',
    message: `${workload.name} is not started, since ${config.file} has no workload for it, and requests to it get 503; ${cure}`,
    position: workload.resource.position(),
    resource: workload.resource.id,
  }
}

/** The data plane here speaks HTTP/1.1: on other ports no request is seen, so no header can route. */
function carriedAsBytes({ name, ports, resource }: Service): Diagnostic[] {
  return ports.flatMap(({ port, protocol }, index) =>
    protocol !== 'http2' && protocol !== 'grpc'
      ? []
      : [
          {
            code: 'no-http2',
            level: 'warning',
            message: `port ${port} of ${name} speaks ${protocol}, which the local mesh carries as bytes: every connection goes where a request without headers would, whatever its lane`,
            position: resource.position(['spec', 'ports', index]),
            resource: resource.id,
          } satisfies Diagnostic,
        ],
  )
}

function unknownEnv(
  workload: Workload,
  pod: Pod,
  entry: WorkloadConfig | undefined,
): readonly Diagnostic[] {
  const missing = pod.unknownEnv.filter((name) => entry?.env[name] === undefined)
  if (missing.length === 0) return []
  return [
    {
      code: 'env-from-cluster',
      level: 'warning',
      message: `${workload.name} takes ${missing.join(', ')} from the cluster; set it under \`env\` in lanes.yaml if the process needs it here`,
      position: workload.resource.position(['spec', 'template', 'spec', 'containers', 0, 'env']),
      resource: workload.resource.id,
    },
  ]
}
