import { once } from 'node:events'
import type { Server } from 'node:http'

const highestPort = 65_535

/** Says in one sentence why a server could not listen and what to do about it. */
export class ListenError extends Error {
  override name = 'ListenError' as const

  /** Node's code (`EADDRINUSE`, `EACCES`, …), or `ERR_BAD_PORT` for a port that is no port. */
  readonly code: string

  constructor(message: string, code: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/**
 * Chooses the port: the option, else the environment variable PORT, else the default. An empty PORT
 * counts as unset.
 *
 * @throws ListenError `ERR_BAD_PORT` unless it is a whole number from 0 (any free port) to 65535
 */
export function choosePort(port: number | undefined, fallback: number): number {
  if (port !== undefined) return checkedPort(port, '`port`')
  const fromEnvironment = process.env['PORT']
  if (!fromEnvironment) return checkedPort(fallback, '`defaultPort`')
  // Number('') is 0 and Number('1e3') is 1000: only digits are a port.
  const digits = /^\d+$/.test(fromEnvironment)
  return checkedPort(digits ? Number(fromEnvironment) : fromEnvironment, 'PORT')
}

/**
 * Starts listening and returns the port, which is news where 0 was asked for.
 *
 * @throws ListenError when the port or the host cannot be had
 */
export async function listen(
  server: Server,
  port: number,
  host: string | undefined,
): Promise<number> {
  server.listen(host === undefined ? { port } : { port, host })
  try {
    await once(server, 'listening')
  } catch (error) {
    throw explained(error, port, host)
  }
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}

function checkedPort(port: number | string, from: string): number {
  if (typeof port === 'number' && Number.isInteger(port) && port >= 0 && port <= highestPort) {
    return port
  }
  throw new ListenError(
    `${from} is ${JSON.stringify(port)}, which is not a port. ` +
      `Set it to a whole number from 0 (any free port) to ${highestPort}.`,
    'ERR_BAD_PORT',
  )
}

function explained(error: unknown, port: number, host: string | undefined): ListenError {
  const code = codeOf(error)
  return new ListenError(`${reason(code, port, host)} (${code})`, code, { cause: error })
}

function reason(code: string, port: number, host: string | undefined): string {
  const where = host === undefined ? `port ${port}` : `port ${port} of ${JSON.stringify(host)}`
  if (code === 'EADDRINUSE') {
    return (
      `Cannot listen on ${where}: another program listens there. ` +
      'Stop it, or choose another port by `port` or PORT; 0 takes any free one.'
    )
  }
  if (code === 'EACCES') {
    return (
      `Cannot listen on ${where}: this user may not open it. ` +
      'Choose a port from 1024 up by `port` or PORT.'
    )
  }
  return (
    `Cannot listen on ${where}. ` +
    'Set `host` to an address of this machine, or leave it out to listen on all of them.'
  )
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : String(error)
}
