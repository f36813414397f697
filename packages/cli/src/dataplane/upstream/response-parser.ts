import { ProtocolError } from './errors.ts'
import type { ResponseHandler } from './exchange.ts'
import { readFields, readResponseHead } from './response-head.ts'
import type { ResponseHead } from './response-head.ts'

// Envoy, HttpProtocolOptions.max_response_headers_kb: 60. For trailers too.
const MAX_HEAD = 61_440

// A size of a chunk with its extensions, which nobody uses.
const MAX_CHUNK_LINE = 4096

const CHUNK_LINE = /^([\da-f]{1,13})(?:;[\t\x20-\x7e\x80-\xff]*)?\r\n$/i
const EMPTY_LINE = Buffer.from('\r\n\r\n')
const LF = 0x0a
const NOTHING = Buffer.alloc(0)

type State =
  'head' | 'length' | 'close' | 'chunk-line' | 'chunk' | 'chunk-end' | 'trailers' | 'over'

/**
 * Reads the responses of one connection, one after the other, as strictly as Node's own parser reads
 * requests (RFC 9112): what is malformed is refused, not mended. The requests that come into the mesh
 * are Node's to parse; here is only what the endpoints answer.
 */
export class ResponseParser {
  #state: State = 'over'
  #head: ResponseHead | null = null
  #isToHead = false
  #wantsUpgrade = false
  /** Bytes left of a body or a chunk. */
  #left = 0
  /** What came of a head or a line that is not complete. */
  #held = NOTHING

  /** The last response's head, once it has come. */
  get head(): ResponseHead | null {
    return this.#head
  }

  /** Whether the response is complete. */
  get isOver(): boolean {
    return this.#state === 'over'
  }

  /** Expects the response to a request. */
  begin(method: string, upgrade: string | null): void {
    this.#state = 'head'
    this.#head = null
    this.#isToHead = method === 'HEAD'
    this.#wantsUpgrade = upgrade !== null
  }

  /**
   * Reads on, and tells the handler.
   *
   * @returns how many bytes at the end of `bytes` do not belong to the response, which is then complete.
   * @throws {ProtocolError}
   */
  read(bytes: Buffer, handler: ResponseHandler): number {
    const chunk = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes])
    this.#held = NOTHING
    let at = 0
    while (at < chunk.length && this.#state !== 'over') {
      const next = this.#step(chunk, at, handler)
      if (next === -1) {
        this.#held = Buffer.from(chunk.subarray(at))
        return 0
      }
      at = next
    }
    return chunk.length - at
  }

  /** The connection has ended: that may be the body's end. */
  readEnd(handler: ResponseHandler): void {
    if (this.#state !== 'close') return
    this.#state = 'over'
    handler.onEnd([])
  }

  /** Takes the next part, and gives where the one after it begins; -1 where more is needed. */
  #step(chunk: Buffer, at: number, handler: ResponseHandler): number {
    switch (this.#state) {
      case 'head':
        return this.#readHead(chunk, at, handler)
      case 'length':
      case 'chunk':
        return this.#readBody(chunk, at, handler)
      case 'close':
        handler.onBody(at === 0 ? chunk : chunk.subarray(at))
        return chunk.length
      case 'chunk-line':
        return this.#readChunkLine(chunk, at)
      case 'chunk-end':
        return this.#readChunkEnd(chunk, at)
      case 'trailers':
        return this.#readTrailers(chunk, at, handler)
      default:
        return at
    }
  }

  #readHead(chunk: Buffer, at: number, handler: ResponseHandler): number {
    const end = findEnd(chunk, at)
    if (end === -1) {
      // What is no HTTP may never come to an empty line.
      const start = chunk.toString('latin1', at, at + 7)
      if (!'HTTP/1.'.startsWith(start)) throw new ProtocolError('no HTTP/1.1')
      return -1
    }
    const head = readResponseHead(chunk.toString('latin1', at, end + 2))
    const { status, length, isChunked } = head
    if (status === 101) {
      if (!this.#wantsUpgrade) throw new ProtocolError('101 that nobody asked for')
      this.#head = head
      this.#state = 'over'
      return end + 4
    }
    // Informational responses end here, as Envoy's do by default.
    if (status < 200) return end + 4
    this.#head = head
    handler.onHead(head)
    if (this.#isToHead || status === 204 || status === 304 || length === 0) {
      this.#finish(handler, [])
    } else if (isChunked) {
      this.#state = 'chunk-line'
    } else {
      this.#state = length === null ? 'close' : 'length'
      this.#left = length ?? 0
    }
    return end + 4
  }

  #readBody(chunk: Buffer, at: number, handler: ResponseHandler): number {
    const end = Math.min(at + this.#left, chunk.length)
    this.#left -= end - at
    handler.onBody(chunk.subarray(at, end))
    if (this.#left > 0) return end
    if (this.#state === 'chunk') this.#state = 'chunk-end'
    else this.#finish(handler, [])
    return end
  }

  #readChunkLine(chunk: Buffer, at: number): number {
    const end = chunk.indexOf(LF, at)
    if ((end === -1 ? chunk.length : end) - at > MAX_CHUNK_LINE) {
      throw new ProtocolError('a chunk with too much before it')
    }
    if (end === -1) return -1
    const [, size] = CHUNK_LINE.exec(chunk.toString('latin1', at, end + 1)) ?? []
    if (size === undefined) throw new ProtocolError('a chunk without its size')
    this.#left = Number.parseInt(size, 16)
    this.#state = this.#left === 0 ? 'trailers' : 'chunk'
    return end + 1
  }

  #readChunkEnd(chunk: Buffer, at: number): number {
    if (chunk.length - at < 2) return -1
    if (!isLineBreak(chunk, at)) throw new ProtocolError('a chunk longer than its size')
    this.#state = 'chunk-line'
    return at + 2
  }

  #readTrailers(chunk: Buffer, at: number, handler: ResponseHandler): number {
    if (chunk.length - at < 2) return -1
    if (isLineBreak(chunk, at)) {
      this.#finish(handler, [])
      return at + 2
    }
    const end = findEnd(chunk, at)
    if (end === -1) return -1
    this.#finish(handler, readFields(chunk.toString('latin1', at, end + 2)))
    return end + 4
  }

  #finish(handler: ResponseHandler, trailers: readonly string[]): void {
    this.#state = 'over'
    handler.onEnd(trailers)
  }
}

/** Where the empty line after a head or trailers begins, -1 where it has not come. */
function findEnd(chunk: Buffer, at: number): number {
  const end = chunk.indexOf(EMPTY_LINE, at)
  if ((end === -1 ? chunk.length : end) - at > MAX_HEAD) {
    throw new ProtocolError(`more than ${MAX_HEAD} bytes of headers`)
  }
  return end
}

function isLineBreak(chunk: Buffer, at: number): boolean {
  return chunk[at] === 0x0d && chunk[at + 1] === LF
}
