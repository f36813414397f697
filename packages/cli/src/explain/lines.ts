export interface Line {
  /** null where the bytes are not UTF-8, or more than MAX_LINE of them. */
  readonly text: string | null
  /** From 1. */
  readonly number: number
}

/** Bytes; Envoy refuses headers of more than 60 KiB, and so no question needs as much. */
const MAX_LINE = 1_048_576
const NEWLINE = 0x0a

/**
 * The lines of a stream, each as soon as its end has come. By bytes, and not by `node:readline`, for which
 * U+2028 ends a line too: in JSON it is a character like others.
 */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  let parts: Uint8Array[] = []
  let length = 0
  let number = 0
  const add = (part: Uint8Array): void => {
    length += part.length
    if (length <= MAX_LINE) parts.push(part)
  }
  const take = (): Line => {
    const text = length > MAX_LINE ? null : decode(Buffer.concat(parts))
    parts = []
    length = 0
    number += 1
    return { text, number }
  }
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      add(chunk.subarray(start, end))
      start = end + 1
      yield take()
    }
    add(chunk.subarray(start))
  }
  if (length > 0) yield take()
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}
