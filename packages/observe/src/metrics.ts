import type { Counters } from '@traffic-lanes/propagation'
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client'

/** The metrics of one service, in a registry of their own. */
export interface Metrics {
  /** @param request `lane` is empty where there was none; `duration` in seconds */
  count(request: { lane: string; status: number; duration: number }): void
  read(this: void): Promise<{ contentType: string; body: string }>
}

interface MetricsOptions {
  readonly service: string
  readonly version: string
  readonly maxLanes: number
  readonly counters: () => Counters
}

export function createMetrics({ service, version, maxLanes, counters }: MetricsOptions): Metrics {
  const laneLabel = boundedLabel(maxLanes)
  const registry = new Registry()
  registry.setDefaultLabels({ service, version })
  collectDefaultMetrics({ register: registry })
  const registers = [registry]

  const requests = new Counter({
    name: 'lane_requests_total',
    help: 'Requests served, by the lane that they carried and the status of the answer.',
    labelNames: ['lane', 'status'],
    registers,
  })
  const fallbacks = new Counter({
    name: 'lane_fallbacks_total',
    help: 'Requests of a lane that has no version of this service: another version served them.',
    labelNames: ['lane'],
    registers,
  })
  const duration = new Histogram({
    name: 'lane_request_duration_seconds',
    help: 'Time from the request to the last byte of its answer.',
    labelNames: ['lane'],
    registers,
  })
  mirrorCounters(registry, counters)

  return {
    count(request) {
      const lane = laneLabel(request.lane)
      requests.inc({ lane, status: request.status })
      duration.observe({ lane }, request.duration)
      if (request.lane !== '' && request.lane !== version) fallbacks.inc({ lane })
    },
    read: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  }
}

/** What the SDK counts by itself, read when it is scraped. */
function mirrorCounters(registry: Registry, counters: () => Counters): void {
  // Set anew at each scrape, since they are counted elsewhere.
  const actions = new Counter({
    name: 'lane_marks_total',
    help: 'Lane headers of outgoing calls, by what became of them.',
    labelNames: ['action'],
    registers: [],
    collect() {
      actions.reset()
      const { injected, kept, withheld, stripped } = counters()
      for (const [action, count] of Object.entries({ injected, kept, withheld, stripped })) {
        actions.inc({ action }, count)
      }
    },
  })
  const dropped = new Counter({
    name: 'lane_marks_dropped_total',
    help: 'Lane headers that were not taken or not passed on, by reason.',
    labelNames: ['reason'],
    registers: [],
    collect() {
      dropped.reset()
      for (const [reason, count] of Object.entries(counters().dropped))
        dropped.inc({ reason }, count)
    },
  })
  registry.registerMetric(actions)
  registry.registerMetric(dropped)
}

/** The lane as a label: the first `limit` by name, all further ones `other`. */
function boundedLabel(limit: number): (lane: string) => string {
  if (!Number.isInteger(limit) || limit < 1) {
    throw new RangeError(`Expected \`maxLanes\` to be a whole number of at least 1, not ${limit}.`)
  }
  const known = new Set<string>()
  return (lane) => {
    if (lane === '' || known.has(lane)) return lane
    if (known.size >= limit) return 'other'
    known.add(lane)
    return lane
  }
}
