import { checkSchema, loadManifests } from '@traffic-lanes/routing'
import type { Resource } from '@traffic-lanes/routing'

/** What an API server says of an object (oracle/validate.go). */
export interface ApiServerVerdict {
  readonly known: boolean
  /** Paths of fields that it does not know. */
  readonly unknown: readonly string[]
  /** What its schema refuses. */
  readonly schema: readonly string[]
  /** What the CRD's own rules refuse. */
  readonly rules: readonly string[]
}

/** How our verdict on an object differs from the API server's. */
export interface SchemaDifference {
  /**
   * `refused`: by us alone; `missed`: by its schema alone; `unknown`: not the same unknown fields; `rule`: by one of
   * the CRD's rules alone, some of which we leave alone.
   */
  readonly kind: 'refused' | 'missed' | 'unknown' | 'rule'
  /** What was said by whoever said something. */
  readonly said: string
}

function isBuiltIn({ apiVersion }: Pick<Resource, 'apiVersion'>): boolean {
  return !/istio|gateway/.test(apiVersion)
}

/** The decoder makes an empty entry of it, which the API server's validation, that nobody asks here, refuses. */
function isNullEntry(message: string): boolean {
  return message.endsWith('got null')
}

/** Compares our verdict with the API server's; null: they agree. */
export function compareVerdicts(
  object: Record<string, unknown>,
  theirs: ApiServerVerdict,
): SchemaDifference | null {
  const { resources } = loadManifests([{ file: 'object.json', text: JSON.stringify(object) }])
  const [resource] = resources
  if (resource === undefined || !theirs.known) return null
  const found = checkSchema(resource)
  const error = found.find(
    ({ level, code, message }) =>
      level === 'error' &&
      code !== 'unknown-field' &&
      !(isBuiltIn(resource) && isNullEntry(message)),
  )
  const [missed] = theirs.schema
  const [rule] = theirs.rules
  if (error !== undefined) {
    if (missed !== undefined || rule !== undefined) return null
    return { kind: 'refused', said: error.message }
  }
  if (missed !== undefined) return { kind: 'missed', said: missed }
  if (rule !== undefined) return { kind: 'rule', said: rule }
  const ours = found.flatMap(({ code, message }) =>
    code === 'unknown-field' ? [/unknown field "(.*?)";/.exec(message)?.[1] ?? ''] : [],
  )
  // It writes every key behind a dot.
  const dotted = ours.map((path) => path.replaceAll(/\["(.*?)"\]/g, '.$1'))
  const [a, b] = [dotted, theirs.unknown].map((paths) => paths.toSorted().join(', '))
  return a === b ? null : { kind: 'unknown', said: `${a} and not ${b}` }
}
