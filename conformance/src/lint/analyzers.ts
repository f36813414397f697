import { startLineProcess } from '../oracle/process.ts'
import type { Manifest } from '../world.ts'
import type { Verdict } from './lint-case.ts'
import { isCompared, sorted } from './verdicts.ts'

/** Istio's own analyzers behind a line protocol. */
export interface Analyzers {
  /**
   * What they say about objects of the kinds that we check.
   *
   * @throws where the manifests cannot be read.
   */
  ask(id: string, manifests: readonly Manifest[]): Promise<Verdict[]>
  close(): Promise<void>
}

interface Analysis {
  readonly rejected: string | null
  readonly messages: readonly {
    readonly code: string
    readonly level: string
    readonly kind: string
    readonly namespace: string
    readonly name: string
  }[]
}

/** @param binary Default: conformance/.cache/oracle, which conformance/oracle/build.sh builds. */
export function startAnalyzers(binary = `${import.meta.dirname}/../../.cache/oracle`): Analyzers {
  const process = startLineProcess<Analysis>(binary, ['analyze'])
  return {
    ask: async (id, manifests) => {
      const { rejected, messages } = await process.ask({ id, manifests, meshConfig: null })
      if (rejected !== null) throw new Error(`${id}: ${rejected}`)
      return sorted(
        messages
          .filter(({ code, kind }) => isCompared(code) && kinds.has(kind))
          // What an EnvoyFilter holds is Envoy's, and not validated here.
          .filter(({ code, kind }) => kind !== 'EnvoyFilter' || !validation.has(code))
          .map(({ code, level, kind, namespace, name }) => ({
            code,
            level,
            resource: namespace === '' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`,
          })),
      )
    },
    close: () => process.close(),
  }
}

const validation: ReadonlySet<string> = new Set(['IST0106', 'IST0133'])

const kinds: ReadonlySet<string> = new Set([
  'DaemonSet',
  'Deployment',
  'DestinationRule',
  'EnvoyFilter',
  'GRPCRoute',
  'Gateway',
  'HTTPRoute',
  'Namespace',
  'Pod',
  'ReplicaSet',
  'Service',
  'ServiceEntry',
  'Sidecar',
  'StatefulSet',
  'VirtualService',
])
