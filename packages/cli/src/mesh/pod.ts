import type { Workload } from '@traffic-lanes/routing'
import { containerOf, isRecord } from './container.ts'
import type { Container } from './container.ts'

/** What the local mesh takes from a Deployment's pod template. */
export interface Pod {
  /** The container's environment, as far as this machine can know it. */
  readonly env: Readonly<Record<string, string>>
  /** Names of variables whose value lives in the cluster only (Secrets, ConfigMaps). */
  readonly unknownEnv: readonly string[]
  readonly probe: Probe
  /** Container port -> whether the one local port of the process stands for it. */
  readonly servesPort: (targetPort: number) => boolean
}

/** How to see that the process serves: its readinessProbe, or a TCP connection where it has none. */
export type Probe =
  | {
      readonly kind: 'http'
      readonly path: string
      readonly headers: readonly (readonly [string, string])[]
    }
  | { readonly kind: 'tcp' }

/** Reads the first container of the workload's pod template. */
export function readPod(workload: Workload): Pod {
  const container = containerOf(workload)
  const { env, unknown } = readEnv(container, workload)
  const main = mainPort(container, workload)
  return {
    env,
    unknownEnv: unknown,
    probe: readProbe(container),
    servesPort: (targetPort) => main === undefined || targetPort === main,
  }
}

/** What decides whether a running process must be replaced: the pod template, whole. */
export function podTemplateOf(workload: Workload): string {
  const { spec } = workload.resource.body
  return JSON.stringify(isRecord(spec) ? spec['template'] : null)
}

function readEnv(
  container: Container,
  workload: Workload,
): { env: Record<string, string>; unknown: string[] } {
  const env: Record<string, string> = {}
  const unknown: string[] = []
  for (const entry of list(container['env'])) {
    if (!isRecord(entry) || typeof entry['name'] !== 'string') continue
    const name = entry['name']
    const value = entry['valueFrom'] === undefined ? entry['value'] : downward(entry, workload)
    if (value === undefined && entry['valueFrom'] !== undefined) unknown.push(name)
    else env[name] = expand(typeof value === 'string' ? value : '', env)
  }
  for (const entry of list(container['envFrom'])) {
    const [kind] = isRecord(entry) ? Object.keys(entry).filter((key) => key !== 'prefix') : []
    unknown.push(`envFrom ${kind ?? ''}`.trim())
  }
  return { env, unknown }
}

/** The downward API's fields that mean something here (Kubernetes: Downward API). */
function downward(entry: Container, workload: Workload): string | undefined {
  const source = entry['valueFrom']
  const reference = isRecord(source) ? source['fieldRef'] : undefined
  const path = isRecord(reference) ? reference['fieldPath'] : undefined
  if (typeof path !== 'string') return undefined
  const label = /^metadata\.labels\['([^']+)'\]$/.exec(path)
  if (label?.[1] !== undefined) return workload.labels[label[1]] ?? ''
  switch (path) {
    case 'metadata.name':
      return `${workload.name}-local`
    case 'metadata.namespace':
      return workload.namespace
    case 'status.podIP':
    case 'status.hostIP':
      return '127.0.0.1'
    default:
      return undefined
  }
}

/** `$(NAME)` refers to an earlier variable; `$$(NAME)` is a literal (Kubernetes: dependent variables). */
function expand(value: string, env: Readonly<Record<string, string>>): string {
  return value.replaceAll(/\$(\$)?\(([A-Za-z_][A-Za-z0-9_]*)\)/g, (whole, escaped, name: string) =>
    escaped === undefined ? (env[name] ?? whole) : whole.slice(1),
  )
}

function readProbe(container: Container): Probe {
  const probe = container['readinessProbe']
  const get = isRecord(probe) ? probe['httpGet'] : undefined
  if (!isRecord(get)) return { kind: 'tcp' }
  return {
    kind: 'http',
    path: typeof get['path'] === 'string' ? get['path'] : '/',
    headers: list(get['httpHeaders']).flatMap((header) =>
      isRecord(header) ? [[String(header['name']), String(header['value'])] as const] : [],
    ),
  }
}

/** The port that PORT stands for: the readinessProbe's, else the first that the container declares. */
function mainPort(container: Container, workload: Workload): number | undefined {
  const probe = container['readinessProbe']
  const handler = isRecord(probe) ? (probe['httpGet'] ?? probe['tcpSocket']) : undefined
  const port = isRecord(handler) ? handler['port'] : undefined
  if (typeof port === 'number') return port
  const named = workload.containerPorts.find(({ name }) => name === port)
  return (named ?? workload.containerPorts[0])?.port
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
