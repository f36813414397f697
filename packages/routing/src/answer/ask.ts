import { compile } from '../compile/compile.ts'
import type { CompileOptions } from '../compile/compile.ts'
import type { ProxyConfig } from '../compile/proxy-config.ts'
import { findProxy, proxies } from '../compile/proxy.ts'
import type { Proxy, ProxyDescription } from '../compile/proxy.ts'
import { decide } from '../decide/decide.ts'
import type { DecideOptions } from '../decide/decide.ts'
import { decideOutside } from '../decide/outside.ts'
import type { Decision, Request } from '../decision.ts'
import type { Mesh } from '../mesh/mesh.ts'
import { QuestionError, toRequest } from './question.ts'
import type { Question } from './question.ts'
import { withTlsWarning } from './tls-warning.ts'

/** A question with its answer, and who gave it. */
export interface Asked {
  /** null: the client has none. */
  readonly proxy: Proxy | null
  readonly request: Request
  readonly decision: Decision
}

export interface AskOptions extends CompileOptions, DecideOptions {}

/** How many proxies stay compiled: a mesh of 1,000 Services makes some megabytes of each. */
const KEPT = 32

/**
 * Answers questions about one mesh. What a proxy is configured with is made at its first question and kept
 * for the next ones.
 *
 * @param options `random` is 0 by default, so that an answer repeats itself: of weighted clusters the first
 *   with a weight, of faults every one that can hit.
 * @returns a function that throws a QuestionError where the mesh has no such proxy, or the URL is none.
 *
 * @example
 * const ask = askAbout(mesh)
 * const { decision } = ask({ from: 'gateway/test-istio/gateway', url: 'http://aaa.example.com/' })
 */
export function askAbout(mesh: Mesh, options: AskOptions = {}): (question: Question) => Asked {
  const { random = () => 0 } = options
  const known = new Map(proxies(mesh).map((proxy) => [proxy.id, proxy]))
  const compiled = new Map<string, ProxyConfig>()

  const configOf = (proxy: Proxy): ProxyConfig => {
    const key = known.get(proxy.id) === proxy ? proxy.id : JSON.stringify(proxy)
    const config = compiled.get(key) ?? compile(mesh, proxy, options)
    // Deleted and set again, it is the last to go.
    compiled.delete(key)
    compiled.set(key, config)
    const [oldest] = compiled.keys()
    if (compiled.size > KEPT && oldest !== undefined) compiled.delete(oldest)
    return config
  }

  return (question) => {
    const proxy = proxyOf(question.from, known, mesh)
    const request = toRequest(question, proxy)
    const decision =
      proxy === null
        ? decideOutside(mesh, request, options)
        : withTlsWarning(mesh, decide(configOf(proxy), request, { ...options, random }))
    return { proxy, request, decision }
  }
}

function proxyOf(
  from: string | ProxyDescription,
  known: ReadonlyMap<string, Proxy>,
  mesh: Mesh,
): Proxy | null {
  if (from === 'outside') return null
  // A pod may go by another name than its proxy.
  const proxy =
    typeof from === 'string'
      ? (known.get(from) ?? known.get(findProxy(mesh, from)?.id ?? ''))
      : findProxy(mesh, from)
  if (proxy !== undefined) return proxy
  const name = typeof from === 'string' ? from : JSON.stringify(from)
  const ids = [...known.keys()]
  const list = ids.length > 20 ? [...ids.slice(0, 20), '…'] : ids
  throw new QuestionError(
    'from',
    `\`${name}\` is none of the manifests' proxies; say one of ${[...list, 'outside'].join(', ')}`,
  )
}
