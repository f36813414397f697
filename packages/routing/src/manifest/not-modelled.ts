import type { ModelledKind } from './kinds.ts'
import { formatPath } from './resource.ts'
import type { Path, Resource } from './resource.ts'
import type { Report } from './read.ts'

/** The fields that can change where a request goes, and that the engine does not know yet. */
const written: Partial<Record<ModelledKind, readonly string[]>> = {
  VirtualService: [
    'spec.http[].fault.abort.http2Error',
    'spec.http[].fault.delay.exponentialDelay',
  ],
  DestinationRule: ['spec', 'spec.subsets[]'].flatMap((above) =>
    ['trafficPolicy', 'trafficPolicy.portLevelSettings[]'].flatMap((policy) =>
      ['loadBalancer.consistentHash', 'loadBalancer.localityLbSetting', 'tunnel'].map(
        (field) => `${above}.${policy}.${field}`,
      ),
    ),
  ),
}

interface Step {
  readonly key: string
  /** Goes on in each entry of the list that stands there. */
  readonly isList: boolean
}

const ignored: ReadonlyMap<string, readonly (readonly Step[])[]> = new Map(
  Object.entries(written).map(([kind, fields]) => [
    kind,
    fields.map((field) =>
      field
        .split('.')
        .map((step) => ({ key: step.replace('[]', ''), isList: step.endsWith('[]') })),
    ),
  ]),
)

/** Reports each field of the resource that the engine ignores though it matters (`not-modelled`). */
export function reportIgnoredFields(resource: Resource, kind: ModelledKind, report: Report): void {
  for (const steps of ignored.get(kind) ?? []) {
    for (const path of pathsOf(resource.body, steps)) {
      report({
        code: 'not-modelled',
        level: 'warning',
        message: `${resource.id}: ${formatPath(path)} is not modelled yet; explain and the local mesh ignore it`,
        position: resource.keyPosition(path),
        resource: resource.id,
      })
    }
  }
}

/** The paths that a value has of the form `spec.http[].mirror`. */
function pathsOf(body: unknown, steps: readonly Step[]): Path[] {
  let found: { readonly path: Path; readonly value: unknown }[] = [{ path: [], value: body }]
  for (const { key, isList } of steps) {
    // Of almost every object it is none.
    if (found.length === 0) break
    found = found.flatMap(({ path, value }) => {
      const child = isObject(value) && Object.hasOwn(value, key) ? value[key] : null
      if (child === null || child === undefined) return []
      if (!isList) return [{ path: [...path, key], value: child }]
      return Array.isArray(child)
        ? child.map((entry: unknown, index) => ({ path: [...path, key, index], value: entry }))
        : []
    })
  }
  return found.map(({ path }) => path)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
