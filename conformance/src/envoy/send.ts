import { once } from 'node:events'
import { request as requestHttp } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { connect } from 'node:net'
import type { Question } from '../world.ts'

/** What came back. */
export interface Reply {
  readonly status: number
  /** Names in lower case; repeated ones joined by `, `. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Sends the request to 127.0.0.1 with a mark for Envoy's log, in the version of HTTP that it asks for. */
export async function send(question: Question, port: number, mark: string): Promise<Reply> {
  const { method, host, http } = question
  const { authority, path } = split(question.url)
  const headers: Record<string, string | string[]> = { 'x-conformance': mark }
  for (const [name, value] of Object.entries(question.headers))
    headers[name] = typeof value === 'string' ? value : [...value]
  const asked = { method, host: host ?? authority, path, headers, port }
  if (http === '2') return sendHttp2(asked)
  return http === '1.0' ? sendHttp10(asked) : sendHttp11(asked)
}

interface Asked {
  readonly method: string
  readonly host: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly port: number
}

/** The path stays as it is written, dots and all. */
function split(url: string): { authority: string; path: string } {
  const [, authority = '', rest = ''] = /^[a-z]+:\/\/([^/?#]*)([^#]*)/.exec(url) ?? []
  return { authority, path: rest.startsWith('/') ? rest : `/${rest}` }
}

async function sendHttp11({ method, host, path, headers, port }: Asked): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = requestHttp(
      { host: '127.0.0.1', port, method, path, headers: { host, ...headers }, agent: false },
      (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (part: string) => (body += part))
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: joined(response.headers), body }),
        )
      },
    )
    sent.setTimeout(20_000, () => sent.destroy(new Error('no answer within 20 s')))
    sent.once('error', reject)
    sent.end()
  })
}

async function sendHttp2({ method, host, path, headers, port }: Asked): Promise<Reply> {
  const session = connectHttp2(`http://127.0.0.1:${port}`)
  try {
    const stream = session.request({
      ...headers,
      ':method': method,
      ':authority': host,
      ':path': path,
    })
    let body = ''
    let status = 0
    let received: Record<string, string> = {}
    stream.once('response', (all) => {
      status = all[':status'] ?? 0
      received = joined(all)
    })
    stream.setEncoding('utf8').on('data', (part: string) => (body += part))
    stream.end()
    await once(stream, 'close')
    return { status, headers: received, body }
  } finally {
    session.destroy()
  }
}

async function sendHttp10({ method, host, path, headers, port }: Asked): Promise<Reply> {
  const socket = connect(port, '127.0.0.1')
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    [value].flat().map((one) => `${name}: ${one}\r\n`),
  )
  socket.write(`${method} ${path} HTTP/1.0\r\nHost: ${host}\r\n${lines.join('')}\r\n`)
  let text = ''
  socket.setEncoding('utf8').on('data', (part: string) => (text += part))
  await once(socket, 'close')
  const [head = '', body = ''] = text.split('\r\n\r\n')
  return { status: Number(head.split(' ')[1]), headers: {}, body }
}

function joined(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]): [string, string] => [
    name,
    Array.isArray(value) ? value.join(', ') : String(value),
  ])
  return Object.fromEntries(entries)
}
