import { setImmediate as turn } from 'node:timers/promises'
import type { Writable } from 'node:stream'

const CHUNK = Buffer.alloc(65_536)

/** A writer that keeps to back-pressure. */
export interface Flood {
  readonly written: number
}

/** Writes `size` bytes (a multiple of 64 KiB) as fast as `sink` takes them, then ends it. */
export function flood(sink: Writable, size: number): Flood {
  const state = { written: 0 }
  const fill = (): void => {
    while (state.written < size) {
      state.written += CHUNK.length
      if (!sink.write(CHUNK)) {
        sink.once('drain', fill)
        return
      }
    }
    sink.end()
  }
  fill()
  return state
}

/** Waits until the writer has stood still for many turns of the event loop: all buffers are full. */
export async function stall(writer: Flood): Promise<void> {
  for (;;) {
    const { written } = writer
    for (let i = 0; i < 200; i++) await turn()
    if (writer.written === written) return
  }
}

/**
 * Reads `source` to its end, leaving the event loop many turns between two chunks, and tells how far
 * the writer got ahead at most: where nothing holds it back it takes those turns and is done early.
 */
export async function readSlowly(
  source: AsyncIterable<Buffer>,
  writer: () => Flood,
): Promise<{ read: number; ahead: number }> {
  let read = 0
  let ahead = 0
  for await (const chunk of source) {
    read += chunk.length
    for (let i = 0; i < 8; i++) await turn()
    ahead = Math.max(ahead, writer().written - read)
  }
  return { read, ahead }
}
