import type { Propagator } from '../propagator.ts'

/** One call that left the process, or came to a fake upstream. */
export interface LaneCall {
  readonly method: string
  readonly url: string
  /** The lane that it carried, as it stood in the header; undefined for none. */
  readonly lane: string | undefined
  /** Whether the destination may have the lane. */
  readonly internal: boolean
  /** The rule that says so. */
  readonly reason: string
}

/** What a request said. */
export interface Spoken {
  readonly method: string
  readonly url: string
  readonly lane: string | undefined
}

/** Judges a call by the propagator's own rules. */
export function judgeCall({ explain }: Propagator, { method, url, lane }: Spoken): LaneCall {
  const { send, reason } = explain(url)
  return { method, url, lane, internal: send, reason }
}

/** The value of a header in the lines of a head; several are joined, as a server would. */
export function readHead(head: string, header: string): string | undefined {
  const values = head.split('\r\n').flatMap((line) => {
    const at = line.indexOf(':')
    return line.slice(0, at).toLowerCase() === header ? line.slice(at + 1).trim() : []
  })
  return values.length === 0 ? undefined : values.join(', ')
}
