import type { Random } from '../fuzz/random.ts'

type Container = Record<string | number, unknown>

interface Spot {
  readonly parent: Container
  readonly key: string | number
}

/** Changes one or two places of an object's spec; sometimes none. The object itself is changed. */
export function mutate(object: Record<string, unknown>, random: Random): void {
  const spots: Spot[] = []
  // An EndpointSlice has none.
  if (object['spec'] === undefined)
    collect(object, spots, new Set(['apiVersion', 'kind', 'metadata']))
  else collect(object['spec'], spots)
  for (let count = random.int(0, 2); count > 0 && spots.length > 0; count -= 1) {
    change(random.pick(spots), spots, random)
  }
}

const none: ReadonlySet<string> = new Set()

function collect(value: unknown, into: Spot[], without: ReadonlySet<string> = none): void {
  if (!isContainer(value)) return
  for (const key of Object.keys(value)) {
    if (without.has(key)) continue
    into.push({ parent: value, key: Array.isArray(value) ? Number(key) : key })
    collect(value[key], into)
  }
}

function change({ parent, key }: Spot, spots: readonly Spot[], random: Random): void {
  const how = random.weighted([
    [4, 'replace'],
    [2, 'remove'],
    [2, 'rename'],
    [2, 'copy'],
    [1, 'repeat'],
  ] as const)
  const value = parent[key]
  if (how === 'remove') {
    if (Array.isArray(parent)) parent.splice(Number(key), 1)
    else delete parent[key]
  } else if (how === 'rename' && !Array.isArray(parent)) {
    parent[`${key}${random.pick(['x', 's'])}`] = value
    if (random.chance(0.5)) delete parent[key]
  } else if (how === 'copy') {
    const other = random.pick(spots)
    parent[key] = structuredClone(other.parent[other.key])
  } else if (how === 'repeat' && Array.isArray(value)) {
    const entry: unknown = value[0] ?? 'a'
    parent[key] = Array.from({ length: random.int(0, 40) }, () => structuredClone(entry))
  } else {
    parent[key] = structuredClone(random.pick(replacements))
  }
}

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null
}

const replacements: readonly unknown[] = [
  null,
  1,
  0,
  -1,
  70_000,
  1.5,
  true,
  '',
  '*',
  'a',
  'A_b',
  '/a',
  '/a//b',
  '10s',
  '0s',
  '1us',
  'x'.repeat(300),
  [],
  {},
  ['a'],
  [{}],
  [null],
  { a: 'b' },
  'HTTP',
  'TLS',
  'Exact',
  'PathPrefix',
  'RequestRedirect',
  'URLRewrite',
  'CORS',
  'NONE',
  'DNS',
  '10.0.0.0/8',
  '1.2.3.4',
  'a.b.c',
  '*.com',
  'gateway.networking.k8s.io',
  'Service',
]
