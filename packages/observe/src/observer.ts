import { counters, currentLane } from '@traffic-lanes/propagation'
import type { Counters } from '@traffic-lanes/propagation'
import { pino } from 'pino'
import type { DestinationStream, Logger } from 'pino'
import { createMetrics } from './metrics.ts'
import { traceIdOf } from './trace-id.ts'

/** What an observer has to know. */
export interface ObserverOptions {
  /** Name of the service: `testaaa`. */
  readonly service: string
  /** The version that this instance is, PROJECT_VERSION: `release-v1`. */
  readonly version: string
  /**
   * How many lanes are counted by name; requests of further ones are counted under `other`, so that a
   * caller who makes lanes up cannot fill the memory of Prometheus. Default: 100.
   */
  readonly maxLanes?: number
  /**
   * Paths that are neither logged nor counted, compared whole. Default: `/healthz`, `/readyz` and
   * `/metrics`, which are asked every few seconds.
   */
  readonly quiet?: readonly string[]
  /** Least severe level that is logged. Default: the environment variable LOG_LEVEL, else `info`. */
  readonly level?: string
  /** Where the log goes. Default: standard output. */
  readonly destination?: DestinationStream
  /** Reads the counters of the propagator in use. Default: those of the default propagator. */
  readonly counters?: () => Counters
}

/** As much of Koa's context as is needed; Koa 2 and 3 have it. */
export interface ObservedContext {
  readonly method: string
  readonly path: string
  readonly status: number
  readonly res: {
    readonly statusCode: number
    readonly writableFinished: boolean
    once(event: 'close', listener: () => void): unknown
  }
  get(header: string): string
}

/** A Koa middleware. */
export type ObserverMiddleware = (
  ctx: ObservedContext,
  next: () => Promise<unknown>,
) => Promise<unknown>

/** The eyes of a service. */
export interface Observer {
  /**
   * Writes JSON lines that carry `service`, `version`, `hop` and, inside a request, `lane`. Made by pino:
   * `log.info({ order: 7 }, 'paid')`.
   */
  readonly log: Logger
  /** Logs and counts each request once its response is sent or lost. Use it after the lane's middleware. */
  readonly middleware: ObserverMiddleware
  /** What a scrape is answered with: Prometheus's text format, and its media type. */
  metrics(): Promise<{ readonly contentType: string; readonly body: string }>
}

/**
 * Makes the log and the metrics of one service.
 *
 * Metrics, all with the labels `service` and `version`:
 * `lane_requests_total{lane,status}`, `lane_request_duration_seconds{lane}`,
 * `lane_fallbacks_total{lane}` (requests of a lane that another version served: it has no version here),
 * `lane_marks_total{action}` (injected, kept, withheld, stripped headers) and
 * `lane_marks_dropped_total{reason}`, beside Node's own from prom-client. `lane=""` is no lane.
 *
 * @throws RangeError where `maxLanes` is no whole number of at least 1
 *
 * @example
 * const observer = createObserver({ service: 'testaaa', version: 'release-v1' })
 * app.use(laneMiddleware())
 * app.use(observer.middleware)
 */
export function createObserver(options: ObserverOptions): Observer {
  const { service, version, quiet = ['/healthz', '/readyz', '/metrics'] } = options
  const hop = `${service}@${version}`
  const metrics = createMetrics({
    service,
    version,
    maxLanes: options.maxLanes ?? 100,
    counters: options.counters ?? counters,
  })
  const log = pino(
    {
      level: options.level ?? (process.env['LOG_LEVEL'] || 'info'),
      base: { service, version, hop },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: () => ({ lane: currentLane() ?? null }),
    },
    options.destination ?? pino.destination(1),
  )

  return {
    log,
    metrics: metrics.read,
    middleware: function observe(ctx, next) {
      if (quiet.includes(ctx.path)) return next()
      const began = performance.now()
      const { method, path } = ctx
      const lane = currentLane() ?? ''
      const traceId = traceIdOf(ctx.get('traceparent'))
      ctx.res.once('close', () => {
        const duration = performance.now() - began
        // 499 is nginx's code for a client that went away before its answer was sent.
        const status = ctx.res.writableFinished ? ctx.res.statusCode : 499
        metrics.count({ lane, status, duration: duration / 1000 })
        log[status >= 500 ? 'error' : 'info'](
          // The lane by name: the response can be closed outside the request's scope.
          {
            lane: lane || null,
            traceId,
            method,
            path,
            status,
            duration: Math.round(duration * 10) / 10,
          },
          'request',
        )
      })
      return next()
    },
  }
}
