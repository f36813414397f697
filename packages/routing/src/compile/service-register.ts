import { sameLabels } from '../mesh/labels.ts'
import type { Service } from '../mesh/service.ts'

/**
 * Services, one for each host: the first of a host counts, Kubernetes' own before a ServiceEntry's, and those
 * of one owner are put together (istio: pilot/pkg/model/sidecar.go, appendSidecarServices).
 */
export class ServiceRegister {
  readonly #byHost = new Map<string, Service>()

  add(service: Service): void {
    const known = this.#byHost.get(service.host)
    if (known === undefined) {
      this.#byHost.set(service.host, service)
      return
    }
    if (known === service) return
    if (known.registry !== service.registry) {
      if (service.registry === 'kubernetes') this.#byHost.set(service.host, service)
      return
    }
    if (!canMerge(known, service)) return
    const added = service.ports.filter(({ port }) => known.ports.every((own) => own.port !== port))
    if (added.length > 0) {
      this.#byHost.set(service.host, { ...known, ports: [...known.ports, ...added] })
    }
  }

  services(): Service[] {
    return [...this.#byHost.values()]
  }

  byHost(): ReadonlyMap<string, Service> {
    return this.#byHost
  }
}

function canMerge(a: Service, b: Service): boolean {
  return (
    a.namespace === b.namespace &&
    a.resolution === b.resolution &&
    sameLabels(a.resource.labels, b.resource.labels) &&
    sameLabels(a.selector, b.selector) &&
    sameExports(a.exportTo, b.exportTo)
  )
}

/** As written: `*` is not the same as nothing, though both mean every namespace. */
function sameExports(a: readonly string[], b: readonly string[]): boolean {
  const [own, others] = [new Set(a), new Set(b)]
  return own.size === others.size && [...own].every((one) => others.has(one))
}
