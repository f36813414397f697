import { child, isPresent, readList, readOptionalPort, readText } from '../manifest/read.ts'
import type { Field } from '../manifest/read.ts'

/**
 * What of a `trafficPolicy` bears on where traffic goes: a load balancer PASSTHROUGH leaves the choice of the
 * endpoint to the client, as a headless Service does.
 */
export interface LoadBalancerPolicy {
  /** null: it says nothing. */
  readonly passthrough: boolean | null
  /** By port; what one leaves out is the default, and not what the rest says. */
  readonly byPort: ReadonlyMap<number, boolean>
}

/** Reads a `trafficPolicy`; null where absent. */
export function readLoadBalancer(field: Field): LoadBalancerPolicy | null {
  if (!isPresent(field)) return null
  const byPort = new Map<number, boolean>()
  for (const settings of readList(child(field, 'portLevelSettings'))) {
    const port = readOptionalPort(child(child(settings, 'port'), 'number'))
    if (port !== null && !byPort.has(port)) byPort.set(port, readPassthrough(settings) ?? false)
  }
  return { passthrough: readPassthrough(field), byPort }
}

/** Whether the policy leaves the choice to the client on a port; null: it does not say. */
export function passesThrough(policy: LoadBalancerPolicy | null, port: number): boolean | null {
  return policy === null ? null : (policy.byPort.get(port) ?? policy.passthrough)
}

function readPassthrough(field: Field): boolean | null {
  const balancer = child(field, 'loadBalancer')
  return isPresent(balancer) ? readText(child(balancer, 'simple')) === 'PASSTHROUGH' : null
}
