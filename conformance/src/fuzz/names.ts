import type { Fields } from './manifest.ts'
import type { Random } from './random.ts'

/** A service of the world, as much of it as other objects speak of. */
export interface KnownService {
  readonly name: string
  readonly namespace: string
  readonly ports: readonly KnownPort[]
  readonly versions: readonly string[]
  readonly headless: boolean
}

export interface KnownPort {
  readonly name: string
  readonly number: number
}

/** What every part of a world may name. Few names, so that rules meet. */
export interface Names {
  readonly namespaces: readonly string[]
  readonly services: readonly KnownService[]
  /** Hosts outside the mesh that ServiceEntries may declare. */
  readonly external: readonly string[]
  /** `namespace/name` of Istio's Gateways. */
  readonly gateways: readonly string[]
}

export const rootNamespace = 'istio-system'
export const serviceNames = ['reviews', 'ratings', 'details'] as const
export const versions = ['release', 'release-v1', 'release-v2'] as const
export const externalHosts = ['api.example.com', 'www.example.com', 'pay.example.org'] as const
export const publicHosts = [
  'shop.example.com',
  'shop.example.net',
  'lane.shop.example.com',
] as const

export const paths = [
  '/',
  '/api',
  '/api/v1',
  '/api/v1/',
  '/apiary',
  '/health',
  '/API',
  '/a b',
] as const
export const pathRegexes = ['/api/v[0-9]+', '/(api|health)/?', '.*', '/api/.+', '/[a-z]+'] as const
export const laneHeader = 'project-version'
export const laneValues = ['release-v1', 'release-v2', 'release-v9', 'release', ''] as const
export const laneRegexes = ['release-v[0-9]', 'release.*', '.+', 'v1|release-v1'] as const

/** A host as rules name services: short, half-qualified, whole, or a wildcard. */
export function hostForm(random: Random, service: KnownService): string {
  const { name, namespace } = service
  return random.weighted([
    [3, name],
    [1, `${name}.${namespace}`],
    [1, `${name}.${namespace}.svc`],
    [8, `${name}.${namespace}.svc.cluster.local`],
    [1, `*.${namespace}.svc.cluster.local`],
    [0.5, '*.svc.cluster.local'],
    [0.5, '*'],
  ])
}

/** A destination: mostly of the service that the rule is about, by a version and a port that it has. */
export function destination(random: Random, names: Names, subject?: KnownService): Fields {
  const service =
    subject !== undefined && random.chance(0.65)
      ? subject
      : names.services.length > 0
        ? random.pick(names.services)
        : undefined
  const ports = service?.ports ?? [{ name: 'http', number: 80 }]
  const known = service?.versions ?? versions
  return {
    host:
      service === undefined ? random.pick(names.external) : destinationHost(random, names, service),
    subset: random.chance(0.55) ? random.pick([...known, ...known, 'nothing']) : undefined,
    port: random.chance(0.5)
      ? { number: random.chance(0.92) ? random.pick(ports).number : 9999 }
      : undefined,
  }
}

function destinationHost(random: Random, names: Names, { name, namespace }: KnownService): string {
  return random.weighted([
    [3, name],
    [1, `${name}.${namespace}`],
    [8, `${name}.${namespace}.svc.cluster.local`],
    [0.5, 'nobody.nowhere.svc.cluster.local'],
    [0.8, random.pick(names.external)],
  ])
}

/** `exportTo` of an object of this namespace: mostly unset. */
export function exportTo(
  random: Random,
  names: Names,
  namespace: string,
): readonly string[] | undefined {
  const other = random.pick(names.namespaces)
  return random.weighted<readonly string[] | undefined>([
    [14, undefined],
    [2, ['.']],
    [2, ['*']],
    [2, [other]],
    // Istio refuses a namespace that is named twice.
    [1, other === namespace ? ['.'] : ['.', other]],
  ])
}

/** `metadata.creationTimestamp`: from few instants, so that some are as old as others. */
export function creationTimestamp(random: Random, chance = 0.4): string | undefined {
  return random.chance(chance) ? `2026-01-0${random.int(1, 4)}T00:00:00Z` : undefined
}
