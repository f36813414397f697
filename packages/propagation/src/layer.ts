import type { Carrier } from './carrier.ts'
import type { InjectOptions, Propagator } from './propagator.ts'

/**
 * Who decides about a request, from the outside in: an entry of the caller's own, the global `fetch`, and what is
 * installed for the whole process beneath both.
 */
export type Layer = 'entry' | 'fetch' | 'process'

/** The same propagator, for a layer beneath the entries: what several decide is to count once. */
export function inLayer(layer: Layer, propagator: Propagator): Propagator {
  if (layer === 'entry') return propagator
  function inject<C extends Carrier>(carrier: C, options: InjectOptions<C> = {}): boolean {
    return propagator.inject(carrier, withLayer(layer, options))
  }
  return Object.freeze({ ...propagator, inject })
}

/** Options of ours, from a layer. */
export function withLayer<O extends object>(layer: Layer, options: O): O {
  return { ...options, [LAYER]: layer }
}

/** The layer that options come from. */
export function layerOf(options: object): Layer {
  return isLayered(options) ? options[LAYER] : 'entry'
}

const LAYER = Symbol('layer')

function isLayered(options: object): options is { readonly [LAYER]: Layer } {
  return LAYER in options
}
