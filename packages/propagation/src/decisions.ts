import { channel } from 'node:diagnostics_channel'

/** One decision of a propagator, as the channel `traffic-lanes:decision` tells it. */
export interface Decision {
  /**
   * `extracted` from a carrier, `injected` into one, `kept` as the caller had set the header, `withheld` from
   * a destination that may not have it, `stripped` on the way there, `dropped` as no lane, or `absent`: there
   * was none to inject.
   */
  readonly action:
    'extracted' | 'injected' | 'kept' | 'withheld' | 'stripped' | 'dropped' | 'absent'
  /** The header that carries the lane, in lower case. */
  readonly header: string
  /** Why, in words. */
  readonly reason: string
  /** The lane in question, where there is one. */
  readonly lane?: string
  /** The destination, where one was named. May hold what is confidential in its path and query. */
  readonly url?: string
}

/** Where every propagator publishes its decisions; what nobody listens to costs one comparison. */
export const decisions = channel('traffic-lanes:decision')
