import { choosePropagator } from './default.ts'
import type { PropagatorOption } from './default.ts'
import { show } from './show.ts'

/** Which propagator's lane log lines bear, and under which name. */
export interface LogOptions extends PropagatorOption {
  /** The name of the field. Default `lane`. */
  readonly key?: string
}

/**
 * Makes the `mixin` of pino: each line that is logged in a scope with a lane bears it. A field of that name that
 * the line itself has wins, as pino merges its mixin first.
 *
 * @throws TypeError where `key` is no name or `propagator` is not a propagator.
 *
 * @example
 * import { laneMixin } from '@traffic-lanes/propagation/log'
 *
 * const log = pino({ mixin: laneMixin() })
 * log.info('order placed') // {"level":30,"lane":"release-v1","msg":"order placed"}
 */
export function laneMixin(options: LogOptions = {}): () => Record<string, string> {
  const propagator = choosePropagator(options)
  const key = readKey(options)
  return () => {
    const lane = propagator.currentLane()
    return lane === undefined ? {} : { [key]: lane }
  }
}

/**
 * Makes a format of winston that puts the lane on each line which is logged in a scope with one. A field of that
 * name that the line itself has wins.
 *
 * @throws TypeError where `key` is no name or `propagator` is not a propagator.
 *
 * @example
 * import { laneFormat } from '@traffic-lanes/propagation/log'
 *
 * createLogger({ format: format.combine(laneFormat(), format.json()), transports })
 */
export function laneFormat(options: LogOptions = {}): {
  transform<I extends object>(this: void, info: I): I
} {
  const propagator = choosePropagator(options)
  const key = readKey(options)
  return {
    transform(info) {
      const lane = propagator.currentLane()
      return lane === undefined || key in info ? info : withField(info, key, lane)
    },
  }
}

// A copy, for the caller may log the same object again, in another lane.
function withField<I extends object>(info: I, key: string, lane: string): I {
  if (!(info instanceof Error)) return { [key]: lane, ...info }
  const copy: I = Object.create(Object.getPrototypeOf(info), Object.getOwnPropertyDescriptors(info))
  // V8 reads the stack off the very object that was thrown.
  Reflect.defineProperty(copy, 'stack', { value: info.stack, configurable: true, writable: true })
  return Object.assign(copy, { [key]: lane })
}

function readKey({ key = 'lane' }: LogOptions): string {
  if (typeof key === 'string' && key !== '') return key
  throw new TypeError(`Expected \`key\` to be the name of a field, got ${show(key)}`)
}
