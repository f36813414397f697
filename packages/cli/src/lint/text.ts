import { formatPosition } from '@traffic-lanes/routing'
import type { Finding, Level } from '@traffic-lanes/routing'
import type { Paint } from '../io.ts'
import { docsOf } from './docs.ts'
import { explainCommandOf } from './explain-command.ts'

/** A finding is a line as compilers print it; below it stands the command that shows the fault. */
export function formatAsText(
  findings: readonly Finding[],
  paths: readonly string[],
  paint: Paint,
): string {
  return findings.map((finding) => `${one(finding, paths, paint)}\n`).join('')
}

/** `2 errors, 1 warning in 14 files`. */
export function summary(findings: readonly Finding[], files: number): string {
  const counts = levels.flatMap((level) => {
    const count = findings.filter((finding) => finding.level === level).length
    return count === 0 ? [] : [counted(count, level)]
  })
  const found = counts.length === 0 ? 'no findings' : counts.join(', ')
  return `${found} in ${counted(files, 'file')}`
}

const levels: readonly Level[] = ['error', 'warning', 'info']

const colours = { error: 'red', warning: 'yellow', info: 'cyan' } as const

function one(finding: Finding, paths: readonly string[], paint: Paint): string {
  const { position, level, message, code, request } = finding
  const where = position === null ? '' : `${formatPosition(position)}: `
  const lines = [
    `${where}${paint(colours[level], level)}: ${message} [${code}] ${paint('dim', docsOf(code))}`,
  ]
  if (request !== null) {
    lines.push(`    ${explainCommandOf(request, paths)}`, paint('dim', `    → ${request.outcome}`))
  }
  return lines.join('\n')
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 || what === 'info' ? '' : 's'}`
}
