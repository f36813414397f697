import { choosePropagator } from '../default.ts'
import type { PropagatorOption } from '../default.ts'
import { judgeCall } from './call.ts'
import type { LaneCall, Spoken } from './call.ts'
import { watchFetch } from './watch-fetch.ts'
import { watchHttp } from './watch-http.ts'
import { watchUndici } from './watch-undici.ts'

/** The calls that leave this process, as long as it is watched. */
export interface LaneWatch {
  /** In their order; grows. */
  readonly calls: readonly LaneCall[]
  /** Stops watching; the calls stay. */
  stop(this: void): void
}

/**
 * Watches the calls that leave this process: by `node:http` and `node:https` (axios, got, superagent, supertest),
 * undici and `fetch`, those that nock (14) and msw (2) answer included. Start it after `server.listen()` of msw, and
 * stop it before `server.close()`: both replace the global `fetch`. It changes no call.
 *
 * @throws TypeError where `propagator` is not a propagator.
 *
 * @example
 * const watch = watchLanes()
 * await request(app).get('/').set('project-version', 'release-v1')
 * watch.stop()
 * expectLanes(watch, 'release-v1')
 */
export function watchLanes(options: PropagatorOption = {}): LaneWatch {
  const propagator = choosePropagator(options)
  const { header } = propagator
  const calls: LaneCall[] = []
  const sent = new Map<string, number>()
  let isOn = true
  const note = (call: Spoken): void => void (isOn && calls.push(judgeCall(propagator, call)))
  const removals = [
    watchHttp(header, note),
    watchUndici(header, (call) => {
      note(call)
      sent.set(nameOf(call), (sent.get(nameOf(call)) ?? 0) + 1)
    }),
    watchFetch(
      header,
      (call) => {
        const count = sent.get(nameOf(call)) ?? 0
        sent.set(nameOf(call), Math.max(0, count - 1))
        return count > 0
      },
      note,
    ),
  ]
  return {
    calls,
    stop: () => {
      isOn = false
      removals.forEach((remove) => remove())
    },
  }
}

function nameOf({ method, url }: Spoken): string {
  return `${method} ${new URL(url).href}`
}
