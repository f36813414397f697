import type { Fields } from '../manifest.ts'
import type { Names } from '../names.ts'
import type { Random } from '../random.ts'

export function backendRefs(random: Random, names: Names, namespace: string): Fields[] {
  const count = random.weighted([
    [6, 1],
    [2, 2],
    [0.5, 0],
  ] as const)
  return Array.from({ length: count }, (_, index) => ({
    ...backendRef(random, names, namespace),
    weight: count === 1 ? undefined : index === 0 ? random.pick([0, 1, 9]) : 1,
    filters: random.chance(0.06)
      ? [
          {
            type: 'RequestHeaderModifier',
            requestHeaderModifier: { add: [{ name: 'x-add', value: 'b' }] },
          },
        ]
      : undefined,
  }))
}

export function backendRef(random: Random, names: Names, namespace: string): Fields {
  if (random.chance(0.06)) return { name: 'nobody', port: 80 }
  const near = names.services.filter((service) => service.namespace === namespace)
  const service = random.pick(near.length > 0 && random.chance(0.75) ? near : names.services)
  return {
    name: service.name,
    namespace: service.namespace === namespace ? undefined : service.namespace,
    port: random.chance(0.93) ? random.pick(service.ports).number : 9999,
  }
}
