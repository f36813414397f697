import { MAX_BYTES, MAX_HOPS } from './format.ts'
import { HOP_NAME } from './hop.ts'
import type { TrailHop } from './hop.ts'

/**
 * Reads a trail, as the header `lanes-trail` has it. Undefined where the text is none, or longer than one may be
 * (2048 bytes, 64 hops).
 */
export function parseTrail(text: unknown): TrailHop | undefined {
  if (typeof text !== 'string' || text.length > MAX_BYTES) return undefined
  const [, hops = '', lane] = WHOLE.exec(text) ?? []
  try {
    const reader: Reader = { text: hops, at: 0, hops: 0 }
    const root = readHop(reader, lane === undefined ? undefined : decodeURIComponent(lane))
    return reader.at === hops.length ? root : undefined
  } catch {
    return undefined
  }
}

const LANE = String.raw`(?:[-._/A-Za-z0-9]|%[\dA-F]{2})+`

const WHOLE = new RegExp(`^([^;]+)(?:; lane=(${LANE}))?$`)

const NAME = new RegExp(
  `(${HOP_NAME.source.slice(1, -1)})(?: \\((?:(no lane)|lane=(${LANE}))\\))?`,
  'y',
)

const MORE = /\+(\d{1,6})/y

/** A place in a text. */
interface Reader {
  readonly text: string
  at: number
  hops: number
}

// Recursion ends at MAX_HOPS. What is wrong is thrown, for parseTrail alone.
function readHop(reader: Reader, inherited: string | undefined): TrailHop {
  const [, name, none, other] = take(reader, NAME) ?? fail()
  reader.hops += 1
  if (name === undefined || reader.hops > MAX_HOPS) fail()
  const own = other === undefined ? inherited : decodeURIComponent(other)
  const lane = none === undefined ? own : undefined
  if (!skip(reader, ' > ')) return { name, lane, calls: [], more: 0 }
  const isList = skip(reader, '[')
  const calls: TrailHop[] = []
  let more = 0
  for (;;) {
    const [, count] = take(reader, MORE) ?? []
    if (count === undefined) calls.push(readHop(reader, lane))
    else more += Number(count)
    if (!isList || !skip(reader, ', ')) break
  }
  if (isList && !skip(reader, ']')) fail()
  return { name, lane, calls, more }
}

function take(reader: Reader, pattern: RegExp): RegExpExecArray | null {
  const sticky = new RegExp(pattern)
  sticky.lastIndex = reader.at
  const found = sticky.exec(reader.text)
  if (found !== null) reader.at = sticky.lastIndex
  return found
}

function skip(reader: Reader, token: string): boolean {
  if (!reader.text.startsWith(token, reader.at)) return false
  reader.at += token.length
  return true
}

function fail(): never {
  throw new SyntaxError('No trail')
}
