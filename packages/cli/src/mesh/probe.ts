import { get } from 'node:http'
import { connect } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { withResolvers } from '../with-resolvers.ts'
import type { Probe } from './pod.ts'

/** Time between two tries: short at first, since most processes are up within a second. */
const FIRST_PAUSE_MS = 25
const LONGEST_PAUSE_MS = 500
/** A try that hangs counts as failed (Kubernetes' default is 1 s as well). */
const TRY_TIMEOUT_MS = 1000

/**
 * Asks until the process says that it is ready.
 *
 * @returns true when it is; false when the signal aborted the wait.
 */
export async function waitReady(
  address: { readonly host: string; readonly port: number },
  probe: Probe,
  signal: AbortSignal,
): Promise<boolean> {
  let pause = FIRST_PAUSE_MS
  while (!signal.aborted) {
    if (await (probe.kind === 'http' ? askHttp(address, probe) : askTcp(address))) return true
    // Aborted: the loop's condition says so.
    await setTimeout(pause, undefined, { signal }).catch(() => {})
    pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)
  }
  return false
}

/** A status from 200 to 399 is success (Kubernetes: HTTP probes). */
async function askHttp(
  { host, port }: { readonly host: string; readonly port: number },
  probe: Extract<Probe, { kind: 'http' }>,
): Promise<boolean> {
  const { promise, resolve } = withResolvers<boolean>()
  const request = get(
    {
      host,
      port,
      path: probe.path,
      headers: { 'user-agent': 'lanes-probe', ...Object.fromEntries(probe.headers) },
      agent: false,
      timeout: TRY_TIMEOUT_MS,
    },
    (response) => {
      response.resume()
      const { statusCode = 0 } = response
      resolve(statusCode >= 200 && statusCode < 400)
    },
  )
  request.on('timeout', () => request.destroy())
  request.on('error', () => resolve(false))
  request.on('close', () => resolve(false))
  return promise
}

async function askTcp(address: { readonly host: string; readonly port: number }): Promise<boolean> {
  const { promise, resolve } = withResolvers<boolean>()
  const socket = connect({ ...address, timeout: TRY_TIMEOUT_MS })
  socket.on('connect', () => resolve(true))
  socket.on('timeout', () => socket.destroy())
  socket.on('error', () => resolve(false))
  socket.on('close', () => resolve(false))
  return promise.finally(() => socket.destroy())
}
