import { define, isRecord } from '../manifest/read.ts'
import type { Path, Resource } from '../manifest/resource.ts'

/**
 * A part of a resource, whatever stands there. Reads leniently: what has a wrong type counts as absent, since
 * the readers of the engine report it, and a check must neither throw nor say it again.
 */
export class Part {
  readonly resource: Resource
  readonly value: unknown
  readonly #parent: Part | null
  readonly #steps: Path | string | number

  /** @param steps from the parent */
  constructor(
    resource: Resource,
    value: unknown,
    parent: Part | null = null,
    steps: Path | string | number = '',
  ) {
    this.resource = resource
    this.value = value
    this.#parent = parent
    this.#steps = steps
  }

  /** The whole of a resource. */
  static of(resource: Resource): Part {
    return new Part(resource, resource.body)
  }

  /** Where it stands in its resource. */
  get path(): Path {
    return this.#parent === null ? [] : [...this.#parent.path, ...[this.#steps].flat()]
  }

  /** Whether the manifest holds it; null counts as absent, as in Kubernetes. */
  get exists(): boolean {
    return this.value !== undefined && this.value !== null
  }

  /** What stands under these keys, one below the other. */
  get(...keys: readonly (string | number)[]): Part {
    let { value } = this
    for (const key of keys) value = childOf(value, key)
    return new Part(this.resource, value, this, keys)
  }

  /** The entries of a list; empty where it is none. */
  list(): Part[] {
    if (!Array.isArray(this.value)) return []
    return this.value.map((value: unknown, key) => new Part(this.resource, value, this, key))
  }

  /** The entries of an object; empty where it is none. */
  entries(): [key: string, part: Part][] {
    if (!isRecord(this.value)) return []
    return Object.entries(this.value).map(([key, value]) => [
      key,
      new Part(this.resource, value, this, key),
    ])
  }

  /** The text; null where it is none, or empty: protobuf does not tell the two apart. */
  get text(): string | null {
    return typeof this.value === 'string' && this.value !== '' ? this.value : null
  }

  get number(): number | null {
    return typeof this.value === 'number' ? this.value : null
  }

  /** The texts of a list. */
  texts(): string[] {
    if (!Array.isArray(this.value)) return []
    return this.value.filter((value): value is string => typeof value === 'string' && value !== '')
  }

  /** The texts of an object. */
  labels(): Readonly<Record<string, string>> {
    const { value: labels } = this
    const found: Record<string, string> = {}
    if (!isRecord(labels)) return found
    for (const key of Object.keys(labels)) {
      const label = labels[key]
      if (typeof label === 'string') define(found, key, label)
    }
    return found
  }
}

function childOf(value: unknown, key: string | number): unknown {
  if (typeof key === 'number') return Array.isArray(value) ? value[key] : undefined
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined
}
