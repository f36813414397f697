import { codes } from '@traffic-lanes/routing'
import type { CodeEntry, Finding, Level } from '@traffic-lanes/routing'
import type { Log, ReportingDescriptor, Result } from 'sarif'
import { ownVersion } from '../version.ts'
import { docsOf } from './docs.ts'
import { fingerprints } from './fingerprint.ts'

/** SARIF 2.1.0, for GitHub code scanning and editors. */
export function formatAsSarif(findings: readonly Finding[]): string {
  const rules = rulesOf(findings)
  const indexes = new Map(rules.map(({ id }, index) => [id, index]))
  const prints = fingerprints(findings)
  const results = findings.map((finding, index): Result => ({
    ruleId: finding.code,
    ruleIndex: indexes.get(finding.code) ?? -1,
    level: levels[finding.level],
    message: { text: finding.message },
    locations: locationsOf(finding),
    partialFingerprints: { 'lanesFinding/v1': prints[index] ?? '' },
  }))
  const log: Log = {
    version: '2.1.0',
    $schema:
      'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    runs: [
      {
        tool: { driver: { name: 'lanes', version: ownVersion(), rules } },
        columnKind: 'utf16CodeUnits',
        results,
      },
    ],
  }
  return `${JSON.stringify(log, null, 2)}\n`
}

const levels: Readonly<Record<Level, Result.level>> = {
  error: 'error',
  warning: 'warning',
  info: 'note',
}

/** The rules that the findings name, in the order of the table. */
function rulesOf(findings: readonly Finding[]): ReportingDescriptor[] {
  const used = new Set(findings.map(({ code }) => code))
  const table: readonly (readonly [string, CodeEntry])[] = Object.entries(codes)
  return table
    .filter(([code]) => used.has(code))
    .map(([id, { name, level, title }]) => ({
      id,
      name,
      shortDescription: { text: title },
      defaultConfiguration: { level: levels[level] },
      help: { text: `See ${docsOf(id)}` },
    }))
}

function locationsOf({ position }: Finding): Result['locations'] & object {
  if (position === null) return []
  const { file, line, column } = position
  return [
    {
      physicalLocation: {
        artifactLocation: { uri: encodeURI(file) },
        region: { startLine: line, startColumn: column },
      },
    },
  ]
}
