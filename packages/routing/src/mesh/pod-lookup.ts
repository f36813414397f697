import type { Workload } from './workload.ts'

/** Pods by name and by address, each in its namespace; of two the first counts. */
export class PodLookup {
  readonly #byName = new Map<string, Workload>()
  readonly #byAddress = new Map<string, Workload>()

  constructor(pods: readonly Workload[]) {
    for (const pod of pods) {
      const { namespace, podName, address } = pod
      setOnce(this.#byName, `${namespace}/${podName}`, pod)
      setOnce(this.#byAddress, `${namespace}/${address}`, pod)
    }
  }

  named(namespace: string, name: string): Workload | undefined {
    return this.#byName.get(`${namespace}/${name}`)
  }

  at(namespace: string, address: string): Workload | undefined {
    return this.#byAddress.get(`${namespace}/${address}`)
  }
}

function setOnce(pods: Map<string, Workload>, key: string, pod: Workload): void {
  if (!pods.has(key)) pods.set(key, pod)
}
