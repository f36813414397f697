import type { Endpoint, HeaderOperations } from '@traffic-lanes/routing'
import type { Answer } from '../answer.ts'

/**
 * An answer with all that may differ between two who agree taken out: the order of sets, addresses that no
 * manifest holds, and what bears on forwarded requests where none is forwarded.
 *
 * @param made addresses that the oracle made up, and what each stands for
 */
export function canonical(answer: Answer, made: Readonly<Record<string, string>>): Answer {
  const { outcome } = answer
  const { kind } = outcome
  const isForward = kind === 'forward'
  const isSent = isForward || kind === 'tcp'
  const isAnswered = kind === 'respond' || kind === 'redirect'
  const byFault = outcome.detail === 'fault_filter_abort'
  return {
    ...answer,
    listener: answer.listener && withoutMadeAddress(answer.listener, made),
    outcome: {
      ...outcome,
      subset: outcome.cluster === null || kind === 'reset' ? null : outcome.subset,
      endpoints: isSent || kind === 'passthrough' ? endpoints(outcome.endpoints, made) : [],
      weights: isSent ? outcome.weights : [],
      body: kind === 'respond' ? outcome.body : null,
      flags: isAnswered || kind === 'reset' ? outcome.flags.toSorted() : [],
      // Envoy's own words for what it answers; of all else ours.
      detail: kind === 'respond' ? outcome.detail : null,
    },
    rewrite: isForward ? answer.rewrite : null,
    requestHeaders: isForward ? operations(answer.requestHeaders) : noOperations,
    responseHeaders:
      isForward || (isAnswered && !byFault) ? operations(answer.responseHeaders) : noOperations,
    timeout: isForward ? (answer.timeout ?? 0) : null,
    retries: isForward ? answer.retries : null,
    mirrors: isForward ? answer.mirrors : [],
  }
}

const noOperations: HeaderOperations = { set: [], add: [], remove: [] }

/** `10.96.0.1_80` is `testbbb.test-istio.svc.cluster.local_80` where nobody wrote that address. */
function withoutMadeAddress(listener: string, made: Readonly<Record<string, string>>): string {
  const at = listener.lastIndexOf('_')
  const host = made[listener.slice(0, at)]
  return host === undefined ? listener : `${host}${listener.slice(at)}`
}

/** As a set. What is no workload's is outside the mesh, and there only the address tells. */
function endpoints(all: readonly Endpoint[], made: Readonly<Record<string, string>>): Endpoint[] {
  const seen = new Map<string, Endpoint>()
  for (const { address, port, workload, namespace } of all) {
    const isKnown = address !== null && made[address] === undefined
    const one = { address: isKnown ? address : null, port, workload, namespace }
    seen.set(JSON.stringify([namespace, workload, one.address, port]), one)
  }
  return [...seen].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one)
}

function operations({ set, add, remove }: HeaderOperations): HeaderOperations {
  const last = new Map(set.map(([name, value]) => [name.toLowerCase(), value]))
  const added = add.map(([name, value]): [string, string] => [name.toLowerCase(), value])
  return {
    set: [...last].toSorted(([a], [b]) => (a < b ? -1 : 1)),
    // Values of one name keep their order.
    add: added.toSorted(([a], [b]) => (a === b ? 0 : a < b ? -1 : 1)),
    remove: [...new Set(remove.map((name) => name.toLowerCase()))]
      .filter((name) => !last.has(name))
      .toSorted(),
  }
}
