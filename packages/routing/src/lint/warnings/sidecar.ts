import type { Resource } from '../../manifest/resource.ts'
import { Part } from '../part.ts'
import { warnOfServerTls } from './gateway.ts'
import { isRefusedSelector, selectsAll } from './warn.ts'
import type { Warn } from './warn.ts'

/** What Istio's webhook warns of in a Sidecar (istio: validation.go, ValidateSidecar). */
export function warnOfSidecar(resource: Resource, warn: Warn): void {
  const spec = Part.of(resource).get('spec')
  const selector = spec.get('workloadSelector')
  if (isRefusedSelector(selector.get('labels'))) return
  const parts = ['egress', 'ingress'].some((key) => spec.get(key).list().length > 0)
  const policies = ['outboundTrafficPolicy', 'inboundConnectionPool'].some(
    (key) => spec.get(key).exists,
  )
  if (!parts && !policies) return
  if (selectsAll(selector, 'labels'))
    warn(selector, 'has no labels, so that it holds for the whole namespace')
  for (const listener of spec.get('ingress').list()) {
    if (!listener.get('port').exists) continue
    if (listener.get('tls').exists) warnOfServerTls(listener.get('tls'), warn)
    const protocol = listener.get('port', 'protocol').text ?? ''
    const http = listener.get('connectionPool', 'http')
    if (http.exists && !/^(?:http|http2|http_proxy|grpc|grpc-web)$/i.test(protocol))
      warn(http, `does nothing: the protocol is ${protocol}`)
  }
  const listeners = spec.get('egress').list()
  for (const listener of listeners)
    warnOfRepeated(listener.get('hosts').list(), resource.namespace, warn)
}

function warnOfRepeated(hosts: readonly Part[], namespace: string, warn: Warn): void {
  const known = new Map<string, Set<string>>()
  for (const host of hosts) {
    const text = host.text ?? ''
    const slash = text.indexOf('/')
    if (slash === -1 || text.startsWith('~')) continue
    const written = text.slice(0, slash)
    const scope = written === '.' ? namespace : written
    const name = text.slice(slash + 1)
    const names = known.get(scope) ?? new Set<string>()
    const isHeld = name === '*' ? names.size > 0 : names.has(name) || names.has('*')
    if (isHeld) warn(host, `is held by another host already: ${text}`)
    names.add(name)
    known.set(scope, names)
  }
  const [first] = hosts
  if (first !== undefined && known.get('*')?.has('*') === true && known.size > 1)
    warn(first, 'is needless beside `*/*`, which selects everything')
}
