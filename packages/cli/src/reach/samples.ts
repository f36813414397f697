import type { Condition, Header, Route, StringMatch } from '@traffic-lanes/routing'
import { sampleOf } from './sample-regex.ts'

/** A request, but for who sends it, to whom, and in which lane. */
export interface Sample {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers: readonly Header[]
  /** Where a route asks for one; null: the target's. */
  readonly host: string | null
}

/** What most requests look like to the rules. */
export const plainSample: Sample = { method: 'GET', path: '/', headers: [], host: null }

/** `GET /api`, with the Host and the headers that matter. */
export function sampleName({ method, path, headers, host }: Sample): string {
  const fields = headers.map(([name, value]) => `${name}: ${value}`)
  return [method, path, ...(host === null ? [] : [`Host: ${host}`]), ...fields].join(' ')
}

/**
 * Requests that reach the routes one by one, as far as a request can be made from what the route wants: a
 * path that is matched as a whole or by its beginning, and one below it; a regular expression's shortest text.
 * The plain request is the first. The lane is left open: its header is in none of them.
 */
export function samplesOf(routes: readonly Route[], laneHeader: string): Sample[] {
  const samples = new Map([[sampleName(plainSample), plainSample]])
  for (const { match } of routes) {
    for (const path of pathsOf(match.conditions)) {
      const sample = sampleOfConditions(match.conditions, path, laneHeader)
      samples.set(sampleName(sample), sample)
    }
  }
  return [...samples.values()]
}

function pathsOf(conditions: readonly Condition[]): string[] {
  const path = conditions.find((one) => one.kind === 'path')
  if (path === undefined) return ['/']
  const text = textFor(path.match)
  if (text === undefined || !text.startsWith('/')) return ['/']
  return path.match.kind === 'regex' ? [text] : [text, `${text.replace(/\/$/, '')}/x`]
}

function sampleOfConditions(
  conditions: readonly Condition[],
  path: string,
  laneHeader: string,
): Sample {
  let { method, host } = plainSample
  const headers: Header[] = []
  const query: string[] = []
  for (const condition of conditions) {
    if (condition.kind === 'path' || condition.kind === 'claim') continue
    const text = textFor(condition.match)
    if (text === undefined) continue
    if (condition.kind === 'query') query.push(`${condition.name}=${text}`)
    else if (condition.code === 'method') method = text
    else if (condition.code === 'authority') host = text
    else if (condition.code === 'header' && condition.name !== laneHeader && !condition.inverted)
      headers.push([condition.name, text])
  }
  return { method, path: query.length === 0 ? path : `${path}?${query.join('&')}`, headers, host }
}

/** A text that matches; undefined where none can be made. */
export function textFor(match: StringMatch): string | undefined {
  if (match.kind === 'present') return 'x'
  if (match.kind !== 'regex') return match.value
  const text = sampleOf(match.value)
  return text !== undefined && match.regex?.matches(text) ? text : undefined
}
