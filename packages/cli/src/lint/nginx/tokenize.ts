import type { Position } from '@traffic-lanes/routing'

/** A word of an nginx configuration, or one of `;`, `{` and `}` that stands by itself. */
export interface Token {
  readonly text: string
  readonly position: Position
  /** A quoted `;` is a word. */
  readonly quoted: boolean
}

/** What of the text could not be read. */
export class NginxSyntaxError extends Error {
  override name = 'NginxSyntaxError' as const
  readonly position: Position

  constructor(message: string, position: Position) {
    super(message)
    this.position = position
  }
}

/**
 * Takes an nginx configuration apart as nginx does (src/core/ngx_conf_file.c, ngx_conf_read_token): words end at
 * blanks, `;`, `{` and `}`; a quote at the start of a word ends at its like; `#` at the start of a word begins a
 * comment; `${` belongs to its word.
 *
 * @throws NginxSyntaxError where a quote has no end.
 */
export function* tokenize(file: string, text: string): Generator<Token> {
  let line = 1
  let lineStart = 0
  let at = 0
  const place = (offset: number): Position => ({ file, line, column: offset - lineStart + 1 })
  while (at < text.length) {
    const character = text.charAt(at)
    if (character === '\n') {
      line += 1
      lineStart = at + 1
      at += 1
    } else if (/\s/.test(character)) at += 1
    else if (character === '#') {
      const end = text.indexOf('\n', at)
      at = end === -1 ? text.length : end
    } else if (character === ';' || character === '{' || character === '}') {
      yield { text: character, position: place(at), quoted: false }
      at += 1
    } else {
      const position = place(at)
      const isQuoted = character === '"' || character === "'"
      const end = isQuoted ? endOfQuote(text, at, position) : endOfWord(text, at)
      const raw = isQuoted ? text.slice(at + 1, end - 1) : text.slice(at, end)
      for (let found = text.indexOf('\n', at); found !== -1 && found < end;) {
        line += 1
        lineStart = found + 1
        found = text.indexOf('\n', lineStart)
      }
      yield { text: unescape(raw), position, quoted: isQuoted }
      at = end
    }
  }
}

/** Where the quote that begins at `start` has ended. */
function endOfQuote(text: string, start: number, position: Position): number {
  const quote = text.charAt(start)
  for (let at = start + 1; at < text.length; at += 1) {
    if (text.charAt(at) === '\\') at += 1
    else if (text.charAt(at) === quote) return at + 1
  }
  throw new NginxSyntaxError(`the quote ${quote} has no end`, position)
}

function endOfWord(text: string, start: number): number {
  let at = start
  while (at < text.length) {
    const character = text.charAt(at)
    if (character === '\\') at += 2
    else if (character === '$' && text.charAt(at + 1) === '{')
      at = text.indexOf('}', at) + 1 || text.length
    else if (/[\s;{}]/.test(character)) return at
    else at += 1
  }
  return text.length
}

function unescape(text: string): string {
  return text.replaceAll(/\\(["'\\])/g, '$1')
}
