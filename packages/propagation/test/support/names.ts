import { Agent } from 'node:http'
import type { LookupFunction } from 'node:net'

/** Resolves every name to this machine, so that what is sent to `evil.com` can be looked at. */
export const toLoopback: LookupFunction = (_name, options, callback) => {
  if (options.all === true) callback(null, [{ address: '127.0.0.1', family: 4 }])
  else callback(null, '127.0.0.1', 4)
}

/** An agent for axios and node:http that finds every name on this machine. */
export function loopbackAgent(): Agent {
  return new Agent({ lookup: toLoopback })
}
