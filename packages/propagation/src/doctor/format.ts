import { relative } from 'node:path'
import type { Finding, Report } from './finding.ts'

/** A report as text; paths are relative to the folder. */
export function formatReport({ port, requests, calls, findings }: Report, folder: string): string {
  const asked = requests.map(({ name, statuses }) => `${name} (${countStatuses(statuses)})`)
  const head = `Asked the app on port ${port}: ${asked.join(', ')}; it made ${calls} calls.`
  if (calls === 0) {
    return `${head}\nThere is nothing to judge: ask for a path that calls other services, with --path, or another server of the app, with --port. Calls by gRPC and HTTP/2 are not seen.\n`
  }
  if (findings.length === 0) {
    return `${head}\nEvery call to the cluster carried its request's lane, and none to a third party did.\n`
  }
  const texts = findings.map((finding) => formatFinding(finding, folder))
  const noun = findings.length === 1 ? 'finding' : 'findings'
  return `${head}\n\n${texts.join('\n')}\n${findings.length} ${noun}\n`
}

function formatFinding(
  { kind, what, at, startedAt, client, url, cure }: Finding,
  folder: string,
): string {
  const place = at === null ? 'no line of the app' : shorten(at, folder)
  const lines = [
    `${kind}  ${place}  ${client} to ${new URL(url).host}`,
    `  ${what}.`,
    ...(startedAt === null ? [] : [`  It ran in work that ${shorten(startedAt, folder)} started.`]),
    `  ${cure}.`,
  ]
  return `${lines.join('\n')}\n`
}

function countStatuses(statuses: ReadonlyArray<number | null>): string {
  const counts = new Map<string, number>()
  for (const status of statuses) {
    const name = status === null ? 'no answer' : String(status)
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return [...counts].map(([name, count]) => `${count} × ${name}`).join(', ')
}

function shorten(place: string, folder: string): string {
  const [, path = place, position = ''] = /^(.*?)(:\d+:\d+)$/.exec(place) ?? []
  const short = relative(folder, path)
  return `${short.startsWith('..') ? path : short}${position}`
}
