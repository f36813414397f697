import { instanceKey } from './instances.ts'
import type { Instance } from './instance.ts'
import type { Mesh } from './mesh.ts'
import type { Service } from './service.ts'

/**
 * The instances behind a port by its number, as istiod keeps them beside the endpoints that it sends: it asks
 * these for the listeners of headless Services and for what DNS is to look up. Services of one host and namespace
 * share them, and of two that have some for one number the younger one counts
 * (istio: push_context.go, initServiceRegistry).
 */
export function portInstances(
  mesh: Pick<Mesh, 'services' | 'instances'>,
  service: Pick<Service, 'namespace' | 'host'>,
  port: number,
): readonly Instance[] {
  const key = instanceKey(service)
  const known = caches.get(mesh) ?? { services: servicesByKey(mesh.services), tables: new Map() }
  caches.set(mesh, known)
  const table = known.tables.get(key) ?? tableOf(known.services.get(key) ?? [], mesh, key)
  known.tables.set(key, table)
  return table.get(port) ?? []
}

type Table = ReadonlyMap<number, readonly Instance[]>

interface Cache {
  /** The oldest first. */
  readonly services: ReadonlyMap<string, readonly Service[]>
  readonly tables: Map<string, Table>
}

/** A mesh never changes. */
const caches = new WeakMap<Pick<Mesh, 'services' | 'instances'>, Cache>()

function servicesByKey(services: readonly Service[]): ReadonlyMap<string, readonly Service[]> {
  const found = new Map<string, Service[]>()
  for (const service of services) {
    const key = instanceKey(service)
    const known = found.get(key)
    if (known === undefined) found.set(key, [service])
    else known.push(service)
  }
  return found
}

function tableOf(
  services: readonly Service[],
  { instances }: Pick<Mesh, 'instances'>,
  key: string,
): Table {
  const table = new Map<number, readonly Instance[]>()
  for (const service of services) {
    for (const [port, own] of numbered(service, instances.get(key) ?? [])) table.set(port, own)
  }
  return table
}

/** What a ServiceEntry says of a number holds for it; all else goes by the port's name. */
function numbered({ ports }: Service, instances: readonly Instance[]): Map<number, Instance[]> {
  const numbers = new Set(ports.map(({ port }) => port))
  const byName = new Map(ports.map(({ name, port }) => [name ?? '', port]))
  const found = new Map<number, Instance[]>()
  for (const instance of instances) {
    const { servicePort, portName } = instance
    const port = servicePort ?? byName.get(portName)
    if (port === undefined || !numbers.has(port)) continue
    const known = found.get(port)
    if (known === undefined) found.set(port, [instance])
    else known.push(instance)
  }
  return found
}
