import { selects } from './labels.ts'
import type { Labels } from './labels.ts'

/** What labels select in a namespace. */
export interface Labelled {
  readonly namespace: string
  readonly labels: Labels
}

/**
 * What selectors find, by namespace, in the order in which it was given. A label narrows the search to those that
 * have it, so that a namespace of thousands is not walked for each of thousands of selectors.
 */
export class LabelIndex<T extends Labelled> {
  readonly #byNamespace = new Map<string, T[]>()
  readonly #byLabel = new Map<string, T[]>()

  constructor(all: readonly T[]) {
    for (const one of all) {
      const { namespace, labels } = one
      push(this.#byNamespace, namespace, one)
      for (const key of Object.keys(labels)) {
        push(this.#byLabel, keyOf(namespace, key, labels[key] ?? ''), one)
      }
    }
  }

  /** All of a namespace. */
  in(namespace: string): readonly T[] {
    return this.#byNamespace.get(namespace) ?? []
  }

  /** Those of a namespace that have every label of the selector; one without labels selects all. */
  select(namespace: string, selector: Labels): T[] {
    let shortest = this.in(namespace)
    for (const key of Object.keys(selector)) {
      const those = this.#byLabel.get(keyOf(namespace, key, selector[key] ?? '')) ?? []
      if (those.length < shortest.length) shortest = those
    }
    return shortest.filter(({ labels }) => selects(selector, labels))
  }
}

function keyOf(namespace: string, key: string, value: string): string {
  return `${namespace}\n${key}\n${value}`
}

function push<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}
