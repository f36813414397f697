import type { Position } from '../diagnostic.ts'

/** Where a value stands inside a resource: `['spec', 'http', 0, 'match']`. */
export type Path = readonly (string | number)[]

/** A Kubernetes-style object as a manifest holds it, with the way back to its text. */
export interface Resource {
  /** `networking.istio.io/v1`. */
  readonly apiVersion: string
  /** `VirtualService`. */
  readonly kind: string
  readonly name: string
  /** `''` for a cluster-scoped kind, `default` where the manifest names none. */
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  /** `metadata.creationTimestamp` as written; null where the manifest holds none. */
  readonly creationTimestamp: string | null
  /** The whole object. */
  readonly body: Readonly<Record<string, unknown>>
  /** `VirtualService test-istio/testaaa`; `Namespace test-istio` for a cluster-scoped kind. */
  readonly id: string
  /**
   * The place of the value at `path` (`['spec', 'http', 0]`), or of its nearest ancestor that exists.
   * Without a path, the place where the object begins.
   */
  position(path?: Path): Position
  /** The same for the key that names the value: the place to point at where the key is wrong. */
  keyPosition(path: Path): Position
}

/** `spec.http[0].match`, as messages and `kubectl explain` write it. */
export function formatPath(path: Path): string {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else if (!/^[\w-]+$/.test(step)) text += `[${JSON.stringify(step)}]`
    else text += text === '' ? step : `.${step}`
  }
  return text
}
