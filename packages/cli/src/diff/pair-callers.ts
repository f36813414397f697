import { proxies } from '@traffic-lanes/routing'
import type { Proxy } from '@traffic-lanes/routing'
import type { Project } from '../project.ts'
import { outside, proxyClass, selectedKeys } from '../reach/callers.ts'
import type { Caller } from '../reach/callers.ts'

/** A caller as it stands on either side; null: a client without a proxy. */
export interface PairedCaller {
  readonly caller: Caller
  readonly before: Proxy | null
  readonly after: Proxy | null
}

/**
 * Every caller of either side. One that stands on one side only is asked on the other as if it stood there; those
 * that are configured alike on both sides are one.
 */
export function pairCallers(before: Project, after: Project): PairedCaller[] {
  const keys = [...new Set([...selectedKeys(before.resources), ...selectedKeys(after.resources)])]
  const old = new Map(proxies(before.mesh).map((proxy) => [proxy.id, proxy]))
  const now = new Map(proxies(after.mesh).map((proxy) => [proxy.id, proxy]))
  const groups = new Map<string, { before: Proxy; after: Proxy; members: string[] }>()
  for (const [id, proxy] of new Map([...old, ...now])) {
    const pair = { before: old.get(id) ?? proxy, after: now.get(id) ?? proxy }
    const key = `${proxyClass(pair.before, keys)} ${proxyClass(pair.after, keys)}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { ...pair, members: [id] })
    else group.members.push(id)
  }
  const paired = [...groups.values()].map(({ before: was, after: is, members }): PairedCaller => ({
    caller: { kind: is.type === 'gateway' ? 'router' : 'sidecar', proxy: is, members },
    before: was,
    after: is,
  }))
  return [...paired, { caller: outside, before: null, after: null }]
}
