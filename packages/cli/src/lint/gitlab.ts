import type { Finding, Level } from '@traffic-lanes/routing'
import { fingerprints } from './fingerprint.ts'

/** A report for `artifacts:reports:codequality` (GitLab: Code Quality report format). */
export function formatAsGitlab(findings: readonly Finding[]): string {
  const prints = fingerprints(findings)
  const report = findings.map(({ code, level, message, position }, index) => ({
    description: message,
    check_name: code,
    fingerprint: prints[index],
    severity: severities[level],
    location: { path: position?.file ?? '-', lines: { begin: position?.line ?? 1 } },
  }))
  return `${JSON.stringify(report, null, 2)}\n`
}

const severities: Readonly<Record<Level, string>> = {
  error: 'major',
  warning: 'minor',
  info: 'info',
}
