import type { Diagnostic } from '../diagnostic.ts'
import type { Report } from '../manifest/read.ts'
import { formatPath } from '../manifest/resource.ts'
import type { Path, Resource } from '../manifest/resource.ts'
import { closest } from './closest.ts'

/** Findings cost time, for each has a place, and nobody reads thousands about one object. */
export const mostFindings = 100

/** What is checked, and where one is. */
export interface Context {
  readonly resource: Resource
  readonly report: Report
  /** The way to the value that is looked at; it grows and shrinks on the way. */
  readonly path: (string | number)[]
  findings: number
}

/**
 * Reports a field that the schema does not know, in the words of an API server, which decodes strictly for
 * `kubectl apply` (k8s.io/apimachinery: pkg/runtime/error.go, strictDecodingError).
 */
export function sayUnknown(context: Context, key: string, known: readonly string[]): void {
  const { resource, report, path: above } = context
  context.findings += 1
  if (context.findings > mostFindings) return
  const path = [...above, key]
  const meant = closest(key, known)
  const hint = meant === null ? 'remove it' : `did you mean ${JSON.stringify(meant)}?`
  report({
    code: 'unknown-field',
    level: 'error',
    message: `${resource.id}: strict decoding error: unknown field "${formatPath(path)}"; ${hint}`,
    position: resource.keyPosition(path),
    resource: resource.id,
  })
}

/** Reports a finding at the value that is looked at, or below it. Default: at level error. */
export function say(
  context: Context,
  below: Path,
  code: string,
  because: string,
  level: Diagnostic['level'] = 'error',
): void {
  const { resource, report, path: above } = context
  context.findings += 1
  if (context.findings > mostFindings) return
  const path = [...above, ...below]
  report({
    code,
    level,
    message: `${resource.id}: ${path.length === 0 ? 'the object' : formatPath(path)} ${because}`,
    position: resource.position(path),
    resource: resource.id,
  })
}
