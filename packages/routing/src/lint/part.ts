import { isRecord } from '../manifest/read.ts'
import type { Path, Resource } from '../manifest/resource.ts'

/**
 * A part of a resource, whatever stands there. Reads leniently: what has a wrong type counts as absent, since
 * the readers of the engine report it, and a check must neither throw nor say it again.
 */
export class Part {
  readonly resource: Resource
  readonly value: unknown
  readonly #parent: Part | null
  readonly #key: string | number

  constructor(
    resource: Resource,
    value: unknown,
    parent: Part | null = null,
    key: string | number = '',
  ) {
    this.resource = resource
    this.value = value
    this.#parent = parent
    this.#key = key
  }

  /** The whole of a resource. */
  static of(resource: Resource): Part {
    return new Part(resource, resource.body)
  }

  /** Where it stands in its resource. */
  get path(): Path {
    return this.#parent === null ? [] : [...this.#parent.path, this.#key]
  }

  /** Whether the manifest holds it; null counts as absent, as in Kubernetes. */
  get exists(): boolean {
    return this.value !== undefined && this.value !== null
  }

  /** What stands under these keys, one below the other. */
  get(key: string | number, ...below: readonly (string | number)[]): Part {
    const child = this.#child(key)
    const [next, ...more] = below
    return next === undefined ? child : child.get(next, ...more)
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
    return this.list().flatMap(({ text }) => (text === null ? [] : [text]))
  }

  /** The texts of an object. */
  labels(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      this.entries().flatMap(([key, { value }]) =>
        typeof value === 'string' ? [[key, value]] : [],
      ),
    )
  }

  #child(key: string | number): Part {
    const { value } = this
    let child: unknown
    if (typeof key === 'number') child = Array.isArray(value) ? value[key] : undefined
    else if (isRecord(value) && Object.hasOwn(value, key)) child = value[key]
    return new Part(this.resource, child, this, key)
  }
}
