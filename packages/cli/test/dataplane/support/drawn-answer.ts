/** An answer of an upstream as bytes, and where they are cut into packets. */
export interface DrawnAnswer {
  readonly bytes: Buffer
  readonly cuts: readonly number[]
}

const HEADERS = [
  'X-A: 1',
  'x-a:two ',
  'X-Empty:',
  'Set-Cookie: a=1',
  'Connection: close',
  'Connection: X-A',
  'Keep-Alive: timeout=5',
  'Trailer: x-t',
  'x-bytes: \xe9\xff',
]
const INTERIM = ['', '', 'HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 103 Hints\r\nlink: x\r\n\r\n']
const DAMAGE = ['\r', '\n', '\0', ' ', ':', '\x7f', '\r\n', '0', '-', 'z']
const EXTENSIONS = ['', '', ';a', ';a="b"']

/** The same answers for the same seed. */
export class AnswerDraw {
  #state: number

  constructor(seed: number) {
    this.#state = seed
  }

  /** A well-formed answer with a status that has a body, and how its body ends. */
  answer(): DrawnAnswer {
    const body = 'abcdefghij'.repeat(12).slice(0, this.#below(120))
    const headers = Array.from({ length: this.#below(4) }, () => this.#pick(HEADERS))
    const framing = this.#pick(['length', 'chunks', 'end'])
    if (framing === 'length') headers.push(`Content-Length: ${body.length}`)
    if (framing === 'chunks') headers.push('transfer-encoding: Chunked')
    const head = `HTTP/1.1 ${this.#pick(['200', '404 Not \xe9', '500 '])}`
    const lines = [head, ...headers].map((line) => `${line}\r\n`).join('')
    const payload = framing === 'chunks' ? this.#inChunks(body) : body
    return this.#cut(`${this.#pick(INTERIM)}${lines}\r\n${payload}`)
  }

  /** An answer with something put in, or taken out, where nobody expects it. */
  damagedAnswer(): DrawnAnswer {
    const text = this.answer().bytes.toString('latin1')
    const at = this.#below(text.length)
    const inserted = this.#below(2) === 0 ? this.#pick(DAMAGE) : ''
    return this.#cut(text.slice(0, at) + inserted + text.slice(at + 1 - inserted.length))
  }

  #inChunks(body: string): string {
    let chunks = ''
    for (let at = 0; at < body.length;) {
      const part = body.slice(at, at + 1 + this.#below(40))
      chunks += `${part.length.toString(16)}${this.#pick(EXTENSIONS)}\r\n${part}\r\n`
      at += part.length
    }
    return `${chunks}0\r\n${this.#pick(['', 'x-t: 1\r\n'])}\r\n`
  }

  #cut(text: string): DrawnAnswer {
    const bytes = Buffer.from(text, 'latin1')
    const cuts = Array.from({ length: this.#below(5) }, () => this.#below(bytes.length))
    return { bytes, cuts: [...cuts.toSorted((a, b) => a - b), bytes.length] }
  }

  #pick<T>(from: readonly T[]): T {
    const one = from[this.#below(from.length)]
    if (one === undefined) throw new Error('nothing to pick from')
    return one
  }

  /** A whole number from 0 up to, and without, `limit`; mulberry32. */
  #below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
  }
}
