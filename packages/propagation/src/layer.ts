import type { Carrier } from './carrier.ts'
import type { InjectOptions, Propagator } from './propagator.ts'

/**
 * Who decides about a request, from the outside in: an entry of the caller's own, the global `fetch`, and what is
 * installed for the whole process beneath both.
 */
export type Layer = 'entry' | 'fetch' | 'process'

/** As `inject` of a propagator is called here: by a layer, where it is none of the caller's entries. */
type InjectIn = (carrier: Carrier, options?: InjectOptions, layer?: Layer) => boolean

/** The same propagator, for a layer beneath the entries: what several decide is to count once. */
export function inLayer(layer: Layer, propagator: Propagator): Propagator {
  if (layer === 'entry') return propagator
  // Not as an option: to copy options for each request costs more than all else that is done for it.
  const injectIn: InjectIn = propagator.inject
  function inject(carrier: Carrier, options?: InjectOptions): boolean {
    return injectIn(carrier, options, layer)
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
