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

/** The paths that a value has of the form `spec.http[].mirror`; of almost every object none. */
function* pathsOf(value: unknown, steps: readonly Step[], at = 0): Generator<Path> {
  const step = steps[at]
  if (step === undefined) {
    yield []
    return
  }
  const { key, isList } = step
  const child = isObject(value) && Object.hasOwn(value, key) ? value[key] : null
  if (child === null || child === undefined) return
  if (!isList) {
    for (const below of pathsOf(child, steps, at + 1)) yield [key, ...below]
  } else if (Array.isArray(child)) {
    for (const [index, entry] of child.entries()) {
      for (const below of pathsOf(entry, steps, at + 1)) yield [key, index, ...below]
    }
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
