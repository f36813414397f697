import { ProtocolError } from './errors.ts'

/** A response's head, and how its body is framed. */
export interface ResponseHead {
  readonly status: number
  /** The headers as they came, flat: name, value, name, value, … A character stands for a byte. */
  readonly fields: readonly string[]
  /** The content-length, null where there is none. */
  readonly length: number | null
  readonly isChunked: boolean
  /** How long the connection may rest before its next request, in milliseconds; 0: it takes none. */
  readonly keepAlive: number
}

// RFC 9112 section 4; the reason phrase, and the blank before it, may be missing.
const STATUS_LINE = /^HTTP\/1\.[01] [1-9]\d\d(?: [\t\x20-\x7e\x80-\xff]*)?$/

// RFC 9112 section 5: no blank before the colon, no folded line, no bare CR or LF, no control character.
const FIELD_LINES = /^(?:[!#$%&'*+\-.^_`|~\dA-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r\n)*$/

// Below the 5 s after which a Node server closes an idle connection: Envoy keeps its own for an hour,
// and the 503 UC that comes of that is no fault to reproduce on a developer's machine.
const KEEP_ALIVE = 4000

// What a request may take on its way, off the time that an upstream says it waits for one.
const KEEP_ALIVE_MARGIN = 2000

/**
 * Reads a head, given without the empty line at its end.
 *
 * @throws {ProtocolError}
 */
export function readResponseHead(text: string): ResponseHead {
  const end = text.indexOf('\r\n')
  const line = text.slice(0, end)
  if (!STATUS_LINE.test(line)) throw new ProtocolError('no status line of HTTP/1.1')
  const isHttp11 = line[7] === '1'
  const status = Number(line.slice(9, 12))
  const fields = readFields(text.slice(end + 2))
  let length: number | null = null
  let isChunked = false
  let isKept = isHttp11
  let isClosed = false
  let hint = KEEP_ALIVE
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] ?? ''
    const value = fields[i + 1] ?? ''
    switch (framingName(name)) {
      case 'content-length':
        // Two of them, even alike, are one too many (RFC 9112 section 6.3 lets a recipient refuse them).
        if (length !== null) throw new ProtocolError('more than one content-length')
        length = readLength(value)
        break
      case 'transfer-encoding':
        // Another coding would reach the client without its name, and HTTP/1.0 knows none.
        if (isChunked || !isHttp11 || value.toLowerCase() !== 'chunked') {
          throw new ProtocolError(`transfer-encoding "${value}"`)
        }
        isChunked = true
        break
      case 'connection':
        isClosed ||= names(value, 'close')
        isKept ||= names(value, 'keep-alive')
        break
      case 'keep-alive':
        hint = readHint(value)
        break
      default:
    }
  }
  if (isChunked && length !== null) throw new ProtocolError('a content-length beside chunks')
  return { status, fields, length, isChunked, keepAlive: isKept && !isClosed ? hint : 0 }
}

/**
 * Reads header or trailer lines, each with its line break, into a flat list.
 *
 * @throws {ProtocolError}
 */
export function readFields(lines: string): string[] {
  if (!FIELD_LINES.test(lines)) throw new ProtocolError('a header that is none')
  const fields: string[] = []
  for (let at = 0; at < lines.length;) {
    const colon = lines.indexOf(':', at)
    const end = lines.indexOf('\r\n', colon)
    fields.push(lines.slice(at, colon), trimmed(lines, colon + 1, end))
    at = end + 2
  }
  return fields
}

/** The name in lower case where its length is that of a name treated here; '' for most names. */
function framingName(name: string): string {
  const { length } = name
  return length === 10 || length === 14 || length === 17 ? name.toLowerCase() : ''
}

/** Whether a Connection header has this among its options. */
function names(value: string, option: string): boolean {
  const plain = value.toLowerCase()
  if (!plain.includes(option)) return false
  return plain === option || plain.split(/[ \t]*,[ \t]*/).includes(option)
}

function readLength(value: string): number {
  const length = /^\d+$/.test(value) ? Number(value) : NaN
  if (!Number.isSafeInteger(length)) throw new ProtocolError(`content-length "${value}"`)
  return length
}

/** `timeout=5` as milliseconds with a margin; without a number, the default. */
function readHint(value: string): number {
  const [, seconds] = /(?:^|[,;\s])timeout=(\d{1,9})/i.exec(value) ?? []
  return seconds === undefined
    ? KEEP_ALIVE
    : Math.min(Math.max(Number(seconds) * 1000 - KEEP_ALIVE_MARGIN, 0), KEEP_ALIVE)
}

/** A value without the blanks around it. `trim` would take the byte A0 for one. */
function trimmed(text: string, start: number, end: number): string {
  let [from, to] = [start, end]
  while (from < to && isBlank(text.charCodeAt(from))) from += 1
  while (to > from && isBlank(text.charCodeAt(to - 1))) to -= 1
  return text.slice(from, to)
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}
