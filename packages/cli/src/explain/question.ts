import type { Header, HttpVersion, ProxyDescription, Question } from '@traffic-lanes/routing'
import { CliError } from '../errors.ts'
import { didYouMean } from '../did-you-mean.ts'

/** A line of `--batch` that is no question; the message says why. */
export class LineError extends Error {
  override name = 'LineError' as const
}

const VERSIONS: ReadonlySet<string> = new Set(['1.0', '1.1', '2'])

export function isHttpVersion(text: string): text is HttpVersion {
  return VERSIONS.has(text)
}

/** Reads `-H 'name: value'`. */
export function parseHeader(text: string): Header {
  const colon = text.indexOf(':')
  const name = text.slice(0, Math.max(colon, 0)).trim()
  if (!isHeaderName(name))
    throw new CliError(`\`-H ${text}\` is no header; write it as 'name: value'`, 2)
  return [name, text.slice(colon + 1).trim()]
}

/**
 * Reads one line of `--batch`.
 *
 * @param from Who calls where the line does not say; undefined: each line must.
 * @throws LineError
 */
export function parseLine(text: string, from: string | undefined): Question {
  const line = asRecord(parseJson(text), 'a question')
  for (const key of Object.keys(line))
    if (!FIELDS.has(key))
      throw new LineError(`there is no field "${key}"${didYouMean(key, FIELDS)}`)
  const method = optionalText(line, 'method')
  const host = optionalText(line, 'host')
  const address = optionalText(line, 'address')
  const http = optionalText(line, 'http')
  if (http !== undefined && !isHttpVersion(http))
    throw new LineError(`\`http\` must be "1.0", "1.1" or "2", not ${JSON.stringify(http)}`)
  return {
    from: readFrom(line['from'] ?? from),
    url: optionalText(line, 'url') ?? missing('url', 'the URL as the caller writes it'),
    headers: readHeaders(line['headers'] ?? {}),
    ...(method === undefined ? {} : { method }),
    ...(host === undefined ? {} : { host }),
    ...(http === undefined ? {} : { http }),
    ...(address === undefined ? {} : { address }),
  }
}

const FIELDS: ReadonlySet<string> = new Set([
  'from',
  'method',
  'url',
  'host',
  'headers',
  'http',
  'address',
])

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new LineError(`not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function readFrom(value: unknown): string | ProxyDescription {
  if (typeof value === 'string') return value
  if (value === undefined || value === null)
    return missing('from', 'who calls, such as "deployment/NAMESPACE/NAME"')
  const from = asRecord(value, '`from`')
  const { type } = from
  if (type !== 'sidecar' && type !== 'router')
    throw new LineError('`from.type` must be "sidecar" or "router"')
  const name = optionalText(from, 'name')
  const ip = optionalText(from, 'ip')
  return {
    type,
    namespace: optionalText(from, 'namespace') ?? missing('from.namespace', 'where the proxy runs'),
    labels: readLabels(from['labels'] ?? {}),
    ...(name === undefined ? {} : { name }),
    ...(ip === undefined ? {} : { ip }),
  }
}

function readLabels(value: unknown): Record<string, string> {
  const labels: Record<string, string> = {}
  for (const [name, label] of Object.entries(asRecord(value, '`from.labels`'))) {
    if (typeof label !== 'string')
      throw new LineError(`\`from.labels\`: the value of "${name}" must be a text`)
    labels[name] = label
  }
  return labels
}

/** An object, whose values may be lists, or a list of [name, value]. */
function readHeaders(value: unknown): Header[] {
  const entries = Array.isArray(value) ? value : Object.entries(asRecord(value, '`headers`'))
  return entries.flatMap((entry: unknown): Header[] => {
    if (!Array.isArray(entry) || entry.length !== 2)
      throw new LineError('`headers` as a list must hold [name, value] pairs')
    const [name, given]: unknown[] = entry
    if (typeof name !== 'string' || !isHeaderName(name))
      throw new LineError(`${JSON.stringify(name)} is no name of a header`)
    const values: unknown[] = Array.isArray(given) ? given : [given]
    return values.map((one) => {
      if (typeof one !== 'string')
        throw new LineError(`the header "${name}" must be a text or a list of texts`)
      return [name, one]
    })
  })
}

function optionalText(record: Record<string, unknown>, field: string): string | undefined {
  const value = record[field]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string' || value === '')
    throw new LineError(`\`${field}\` must be a text, not ${JSON.stringify(value)}`)
  return value
}

function asRecord(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return Object.fromEntries(Object.entries(value))
  throw new LineError(`${what} must be an object`)
}

function missing(field: string, what: string): never {
  throw new LineError(`\`${field}\` is missing: ${what}`)
}

function isHeaderName(name: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)
}
