import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Server } from 'node:net'
import { CliError, codeOf } from '../errors.ts'

/**
 * Below the ports that systems give to outgoing connections and to `listen(0)` (Linux: from 32768,
 * macOS and IANA: from 49152): what is free here stays free until the process that it is for takes it.
 */
const LOWEST = 20_000
const HIGHEST = 29_999
const TRIES = 200

/**
 * A port on 127.0.0.1 that nobody listens on and that is not reserved; it is reserved from then on.
 *
 * @throws CliError (exit code 1) where there is none.
 */
export async function reservePort(reserved: Set<number>): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = randomInt(LOWEST, HIGHEST + 1)
    if (reserved.has(port)) continue
    reserved.add(port)
    if (!(await isTaken(port))) return port
    reserved.delete(port)
  }
  throw new CliError(
    `no free port was found between ${LOWEST} and ${HIGHEST} on 127.0.0.1; stop what listens there`,
    1,
  )
}

/** Whether somebody listens there, or nobody may. */
export async function isTaken(port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    await once(server.close(), 'close')
    return false
  } catch (error) {
    if (codeOf(error) === 'EADDRINUSE' || codeOf(error) === 'EACCES') return true
    throw error
  }
}

/** The port of a TCP server that listens. */
export function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string')
    throw new TypeError('this server does not listen on a TCP port')
  return address.port
}
