import { BAGGAGE } from './baggage.ts'
import { readHeader, writeHeader } from './carrier.ts'
import { choosePropagator } from './default.ts'
import type { PropagatorOption } from './default.ts'
import { wrapFetch } from './fetch.ts'
import { replaceFetch } from './global-fetch.ts'
import { guardHttp } from './http-client.ts'
import { guardHttp2 } from './http2/sessions.ts'
import { activeContext } from './opentelemetry/active-context.ts'
import { fenceUndici } from './opentelemetry/fence-undici.ts'
import type { OtelContext, OtelGetter, OtelSetter } from './opentelemetry/types.ts'
import type { Propagator } from './propagator.ts'
import { activeRecord } from './store.ts'
import type { LaneRecord } from './store.ts'
import { createSwitch } from './switch.ts'
import { guardUndici } from './undici/guard.ts'

export type { OtelContext, OtelGetter, OtelSetter } from './opentelemetry/types.ts'

/**
 * A `TextMapPropagator` of OpenTelemetry (https://opentelemetry.io/docs/specs/otel/context/api-propagators/) that
 * carries the lane, and what it started beside.
 */
export interface LanePropagator {
  /** Writes the lane of the scope, else of the context, to a carrier. */
  inject<C>(this: void, context: OtelContext, carrier: C, setter: OtelSetter<C>): void
  /** Reads the lane of a carrier into the context, where `trust` says that it counts. */
  extract<X extends OtelContext, C>(this: void, context: X, carrier: C, getter: OtelGetter<C>): X
  /** The headers that it writes. */
  fields(this: void): string[]
  /** The lane of a context; undefined for none. For logs, and clients of one's own. */
  laneOf(this: void, context: OtelContext): string | undefined
  /** Removes the wire guard again. */
  stop(this: void): void
}

/**
 * Makes the propagator that carries the lane through OpenTelemetry's instrumentations (http, grpc, kafkajs,
 * amqplib, …). In a process that uses the SDK's own integrations too, the scope's lane comes before the context's,
 * and nothing is written twice.
 *
 * OpenTelemetry sends to every host, and tells a propagator nothing about the destination. So this also turns on
 * the wire guard, which takes the lane off where it may not go, and carries it by the global `fetch` from the call
 * on: what `instrumentation-undici` writes comes too late, in the context of another request on a bounded pool up
 * to undici 8.12.2, and is kept off. Undici's own `request` takes `laneUndici` of `/undici`. The option `baggage`
 * is read here and not written: the `W3CBaggagePropagator` passes on the members that came.
 *
 * @throws TypeError where `propagator` is not a propagator.
 *
 * @example
 * import { CompositePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'
 * import { lanePropagator } from '@traffic-lanes/propagation/opentelemetry'
 *
 * provider.register({
 *   propagator: new CompositePropagator({
 *     propagators: [new W3CTraceContextPropagator(), lanePropagator()],
 *   }),
 * })
 */
export function lanePropagator(options: PropagatorOption = {}): LanePropagator {
  const propagator = withoutBaggage(choosePropagator(options))
  const { header, run } = propagator
  // The same for copies of this package: contexts may be handed around.
  const key = Symbol.for(`@traffic-lanes/propagation/opentelemetry:${header}`)

  function recordOf(context: OtelContext | undefined): LaneRecord | undefined {
    const found: unknown = context?.getValue(key)
    return isRecord(found) ? found : undefined
  }

  // A scope that is open decides, also that there is no lane.
  function inLane<R>(context: OtelContext | undefined, fn: () => R): R {
    return activeRecord() === undefined ? run(recordOf(context), fn) : fn()
  }

  const guard = createSwitch(choosePropagator(options))
  const sender = createSwitch(propagator)
  const removals = [
    guardHttp(guard.propagator),
    guardHttp2(guard.propagator),
    guardUndici(guard.propagator),
    fenceUndici(propagator),
    replaceFetch((fetch) => {
      const laneFetch = wrapFetch(fetch, { propagator: sender.propagator })
      return async (...args) => inLane(activeContext(), async () => laneFetch(...args))
    }),
    guard.switchOff,
    sender.switchOff,
  ]
  return {
    inject(context, carrier, setter) {
      inLane(context, () => write(propagator, carrier, setter))
    },
    extract(context, carrier, getter) {
      const record = propagator.receive({ headers: readAll(carrier, getter) })
      return record[header] === undefined ? context : context.setValue(key, record)
    },
    fields: () => [...propagator.fields],
    laneOf: (context) => recordOf(context)?.[header],
    stop: () => removals.forEach((remove) => remove()),
  }
}

// Another propagator writes that header, in its own place.
function withoutBaggage(propagator: Propagator): Propagator {
  const inject: Propagator['inject'] = (carrier, how = {}) => {
    const { setter = writeHeader } = how
    return propagator.inject(carrier, {
      ...how,
      setter: (written, name, value) => {
        if (name !== BAGGAGE) setter(written, name, value)
      },
    })
  }
  return { ...propagator, inject, fields: propagator.fields.filter((name) => name !== BAGGAGE) }
}

function write<C>(propagator: Propagator, carrier: C, setter: OtelSetter<C>): void {
  // Whatever the carrier is, it goes to the setter as it came.
  propagator.inject(
    {},
    {
      getter: (_, name) => (name === BAGGAGE ? undefined : readHeader(carrier, name)),
      setter: (_, name, value) => setter.set(carrier, name, value),
    },
  )
}

function readAll<C>(carrier: C, getter: OtelGetter<C>): object {
  return Object.fromEntries(getter.keys(carrier).map((name) => [name, getter.get(carrier, name)]))
}

// Only `extract` above writes under the key.
function isRecord(value: unknown): value is LaneRecord {
  return typeof value === 'object' && value !== null
}
