import { connect as connectNet } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { AppServer } from './find-app.ts'

/** A request of the doctor's. */
export interface Marked {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** Undefined for a request without a lane. */
  readonly lane: string | undefined
}

/** How long the app may take to answer one request. */
const TIMEOUT_MS = 5_000

/**
 * Sends one request to the app, over a connection of its own, and answers its status; undefined where there came
 * none in time. Not by a client of HTTP, whose requests are what is watched.
 */
export async function send(
  { host, port, isTls }: AppServer,
  header: string,
  { method, path, lane }: Marked,
): Promise<number | undefined> {
  const body = method === 'POST' ? '{"lanes":"doctor"}' : ''
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `host: localhost:${port}`,
    'connection: close',
    'accept: */*',
    ...(lane === undefined ? [] : [`${header}: ${lane}`]),
    ...(method === 'POST'
      ? ['content-type: application/json', `content-length: ${body.length}`]
      : []),
  ]
  return new Promise((resolve) => {
    const socket = isTls
      ? connectTls({ port, host, rejectUnauthorized: false })
      : connectNet({ port, host })
    let answer = ''
    const finish = (): void => {
      socket.destroy()
      const [, status] = /^HTTP\/1\.\d (\d{3})/.exec(answer) ?? []
      resolve(status === undefined ? undefined : Number(status))
    }
    socket.setTimeout(TIMEOUT_MS, finish)
    socket.on('data', (chunk) => {
      answer += String(chunk)
    })
    socket.on('error', finish).on('end', finish)
    socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`)
  })
}
