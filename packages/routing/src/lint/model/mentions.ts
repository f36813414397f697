import { resolveHost } from '../../mesh/host.ts'
import type { World } from '../world.ts'
import type { ServiceView } from './service.ts'
import type { WorkloadView } from './workload.ts'
import type { Part } from '../part.ts'

/** A Service that a workload's manifest names, and where. */
export interface Mention {
  readonly workload: WorkloadView
  readonly service: ServiceView
  readonly port: number
  readonly part: Part
}

/** The Services whose URLs stand in environment variables, commands and arguments: whom a workload calls. */
export function mentions(world: World): Mention[] {
  return world.workloads().flatMap((workload) => {
    const { namespace } = workload.resource
    return textsOf(workload.template).flatMap((part) =>
      [...(part.text ?? '').matchAll(/\bhttp:\/\/([\w.-]+)(?::(\d{1,5}))?/g)].flatMap(
        ([, host = '', port = '80']) => {
          const service = serviceCalled(world, host, namespace)
          return service === null ? [] : [{ workload, service, port: Number(port), part }]
        },
      ),
    )
  })
}

function textsOf(template: Part): Part[] {
  const texts: Part[] = []
  for (const list of ['containers', 'initContainers']) {
    for (const container of template.get('spec', list).list()) {
      for (const variable of container.get('env').list()) texts.push(variable.get('value'))
      for (const words of ['command', 'args']) texts.push(...container.get(words).list())
    }
  }
  return texts
}

/** What the DNS of a pod makes of a host: `name`, `name.namespace`, `name.namespace.svc` or all of it. */
function serviceCalled(world: World, host: string, namespace: string): ServiceView | null {
  const [name = '', owner = namespace, svc] = host.split('.')
  const full =
    svc === undefined || host.endsWith('.svc') ? `${name}.${owner}.svc.cluster.local` : host
  return world.services().get(resolveHost(full, namespace)) ?? null
}
