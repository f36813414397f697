import { readList } from '../../manifest/read.ts'
import type { Field } from '../../manifest/read.ts'
import { isLabel } from './names.ts'
import { say, textOf } from './say.ts'

/** What the rules for `exportTo` hang on. */
export interface ExportRules {
  readonly namespace: string
  /** Whether it may be `~`, nobody. Default: it may not. */
  readonly mayBeNobody?: boolean
  /** Whether it must stay at home, as with a DestinationRule for some workloads. Default: it need not. */
  readonly mustStay?: boolean
}

/** Checks `exportTo` (istio: pkg/config/validation, validateExportTo). */
export function checkExportTo(
  field: Field,
  { namespace, mayBeNobody = false, mustStay = false }: ExportRules,
): void {
  const entries = readList(field)
  const seen = new Set<string>()
  for (const entry of entries) {
    const text = textOf(entry)
    const name = text === '.' ? namespace : text
    if (seen.has(name)) say(entry, `says ${JSON.stringify(name)} a second time`)
    else if (name === '*' || isLabel(name) || (mayBeNobody && name === '~')) seen.add(name)
    else say(entry, `must be "." or "*" or a namespace, got ${JSON.stringify(text)}`)
  }
  if (mustStay && [...seen].some((name) => name !== namespace)) {
    say(field, 'may name only the own namespace beside a workloadSelector')
  }
  if (seen.has('*') && entries.length > 1) say(field, 'has "*" and more')
  if (seen.has('~') && entries.length > 1) say(field, 'has "~", nobody, and somebody')
}
