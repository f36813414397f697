import { codes, lint, loadManifests } from '@traffic-lanes/routing'
import type { Manifest } from '../world.ts'
import type { Verdict } from './lint-case.ts'

/** What our linter says, by Istio's codes, sorted and each once. */
export function ourVerdicts(manifests: readonly Manifest[]): Verdict[] {
  const findings = lint(loadManifests(manifests))
  return sorted(
    findings.flatMap(({ code, level, resource }) =>
      isCompared(code) && resource !== null ? [{ code, level, resource }] : [],
    ),
  )
}

/** Whether a code is one of Istio's that we give too. */
export function isCompared(code: string): boolean {
  return code.startsWith('IST') && Object.hasOwn(codes, code)
}

/** By object, then by code; each once, whatever it is said about. */
export function sorted(verdicts: readonly Verdict[]): Verdict[] {
  const byText = new Map(verdicts.map((verdict) => [describe(verdict), verdict]))
  return [...byText.keys()].toSorted().flatMap((text) => byText.get(text) ?? [])
}

/** What stands in one list and not in the other, as lines of a message. */
export function differences(ours: readonly Verdict[], theirs: readonly Verdict[]): string[] {
  const known = new Set(theirs.map(describe))
  const said = new Set(ours.map(describe))
  return [
    ...ours
      .map(describe)
      .filter((text) => !known.has(text))
      .map((text) => `only ours: ${text}`),
    ...theirs
      .map(describe)
      .filter((text) => !said.has(text))
      .map((text) => `only Istio's: ${text}`),
  ]
}

function describe({ code, level, resource }: Verdict): string {
  return `${resource}: ${code} ${level}`
}
