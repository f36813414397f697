import { describe, expect, it } from 'vitest'
import { forwardTo } from './support/decisions.ts'
import { startBackend, startHop, startTcp } from './support/servers.ts'
import { ask, bodyOf, headerLines } from './support/wire.ts'

/** A backend that answers with the raw request headers it got, one a line. */
async function echoHeaders() {
  return startBackend((request, response) => {
    const { rawHeaders } = request
    const lines = rawHeaders.flatMap((name, i) =>
      i % 2 === 0 ? [`${name}: ${rawHeaders[i + 1]}`] : [],
    )
    response.end([`${request.method} ${request.url}`, ...lines].join('\n'))
  })
}

async function headersSeen(request: string, changes = {}): Promise<string[]> {
  const { endpoint } = await echoHeaders()
  const { port } = await startHop(forwardTo([endpoint], changes))
  return bodyOf(await ask(port, request)).split('\n')
}

/** What the client reads where the upstream sends these bytes. */
async function relayed(response: string, changes = {}, method = 'GET'): Promise<string> {
  const { endpoint } = await startTcp((socket) => {
    socket.once('data', () => socket.end(response, 'latin1'))
  })
  const { port } = await startHop(forwardTo([endpoint], changes))
  return ask(port, `${method} / HTTP/1.1\r\nhost: b\r\nconnection: close\r\n\r\n`)
}

describe('the request', () => {
  it('reaches the upstream with its names, values, order and repetition', async () => {
    const seen = await headersSeen(
      'GET /a%20b?x=1&x=2 HTTP/1.0\r\nHost: testbbb.test-istio:32000\r\nX-Mixed-Case: one\r\ncookie: a=1\r\nproject-version: release-v1\r\nx-mixed-case: two\r\nCookie: b=2\r\nX-Bytes: \xe9\xff\r\nx-empty:\r\n\r\n',
    )
    expect(seen).toEqual([
      'GET /a%20b?x=1&x=2',
      'host: testbbb.test-istio:32000',
      'connection: keep-alive',
      'X-Mixed-Case: one',
      'cookie: a=1',
      'project-version: release-v1',
      'x-mixed-case: two',
      'Cookie: b=2',
      'X-Bytes: Ã©Ã¿',
      'x-empty: ',
    ])
  })

  it('leaves its hop-by-hop headers behind, and those that Connection names', async () => {
    const seen = await headersSeen(
      'GET / HTTP/1.1\r\nhost: b\r\nConnection: close, X-Hop,  x-other\r\nx-hop: 1\r\nX-Other: 2\r\nkeep-alive: timeout=5\r\nproxy-connection: keep-alive\r\nProxy-Authorization: Basic x\r\nproxy-authenticate: x\r\nte: gzip\r\ntrailer: x\r\nx-kept: 3\r\n\r\n',
    )
    expect(seen).toEqual(['GET /', 'host: b', 'connection: keep-alive', 'x-kept: 3'])
  })

  it('keeps what Connection must not name', async () => {
    const seen = await headersSeen(
      'POST / HTTP/1.1\r\nhost: b\r\nconnection: close, host, content-length\r\ncontent-length: 2\r\n\r\nhi',
    )
    expect(seen).toEqual(['POST /', 'host: b', 'connection: keep-alive', 'content-length: 2'])
  })

  it.each([
    ['trailers', true],
    ['gzip, Trailers;q=1', true],
    ['xtrailers', false],
  ])('passes TE "%s" on as "trailers": %s', async (te, kept) => {
    const seen = await headersSeen(
      `GET / HTTP/1.1\r\nhost: b\r\nconnection: TE, close\r\nTE: ${te}\r\n\r\n`,
    )
    expect(seen.slice(3)).toEqual(kept ? ['TE: trailers'] : [])
  })

  it('takes the authority of an absolute request line over the Host header', async () => {
    const seen = await headersSeen(
      'GET http://testbbb:32000/a?b HTTP/1.1\r\nhost: other\r\nconnection: close\r\n\r\n',
    )
    expect(seen).toEqual(['GET /a?b', 'host: testbbb:32000', 'connection: keep-alive'])
  })

  it('is rewritten as the decision says: authority, path and headers, removing before setting before adding', async () => {
    const seen = await headersSeen(
      'GET /old?q HTTP/1.1\r\nhost: b\r\nconnection: close\r\nX-A: 1\r\nx-gone: 1\r\nx-a: 2\r\nx-z: 1\r\n\r\n',
      {
        rewrite: { path: '/new?q', authority: 'c.test-istio' },
        requestHeaders: {
          remove: ['X-Gone', 'x-back'],
          set: [
            ['x-a', 'set'],
            ['x-back', 'set'],
            ['Connection', 'close'],
            ['transfer-encoding', 'chunked'],
          ],
          add: [
            ['x-z', 'added'],
            ['x-utf', 'é中'],
            ['host', 'never'],
          ],
        },
      },
    )
    expect(seen).toEqual([
      'GET /new?q',
      'host: c.test-istio',
      'connection: keep-alive',
      'X-A: set',
      'x-z: 1',
      'x-back: set',
      'x-z: added',
      `x-utf: ${Buffer.from(Buffer.from('é中').toString('latin1')).toString('latin1')}`,
    ])
  })
})

describe('the response', () => {
  it('reaches the client with its names, values, order and repetition, and with no second date', async () => {
    const message = await relayed(
      'HTTP/1.1 200 Whatever\r\nX-One: 1\r\nSet-Cookie: a=1\r\nx-two: \xe9\r\nset-cookie: b=2\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\nContent-Length: 2\r\n\r\nhi',
    )
    expect(message).toBe(
      'HTTP/1.1 200 OK\r\nX-One: 1\r\nSet-Cookie: a=1\r\nx-two: \xe9\r\nset-cookie: b=2\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi',
    )
  })

  it('may have a head of nearly 60 KiB', async () => {
    const value = 'y'.repeat(60_000)
    const head = `HTTP/1.1 200 OK\r\ncontent-length: 0\r\nx: ${value}\r\n\r\n`
    expect(headerLines(await relayed(head))).toContain(`x: ${value}`)
  })

  it('gets a date where the upstream sent none', async () => {
    const lines = headerLines(await relayed('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'))
    expect(lines.filter((line) => line.startsWith('Date: '))).toHaveLength(1)
  })

  it('leaves its hop-by-hop headers behind, and those that Connection names', async () => {
    const lines = headerLines(
      await relayed(
        'HTTP/1.1 200 OK\r\nx-hop: 1\r\nconnection: close, x-hop\r\nkeep-alive: timeout=5\r\nproxy-authenticate: Basic\r\nupgrade: h2c\r\ndate: today\r\nx-kept: 1\r\ncontent-length: 0\r\n\r\n',
      ),
    )
    expect(lines).toEqual(['date: today', 'x-kept: 1', 'content-length: 0', 'Connection: close'])
  })

  it('announces no trailers where its length leaves no place for them', async () => {
    const message = await relayed(
      'HTTP/1.1 200 OK\r\ndate: today\r\ntrailer: x-sum\r\ncontent-length: 2\r\n\r\nhi',
    )
    expect(headerLines(message)).toEqual(['date: today', 'content-length: 2', 'Connection: close'])
    expect(bodyOf(message)).toBe('hi')
  })

  it('keeps the raw bytes of a file name', async () => {
    const name = Buffer.from('文件.txt').toString('latin1')
    const message = await relayed(
      `HTTP/1.1 200 OK\r\ndate: today\r\ncontent-length: 2\r\ncontent-disposition: attachment; filename="${name}"\r\n\r\nhi`,
    )
    expect(headerLines(message)).toContain(`content-disposition: attachment; filename="${name}"`)
    expect(bodyOf(message)).toBe('hi')
  })

  it('is changed as the decision says', async () => {
    const lines = headerLines(
      await relayed(
        'HTTP/1.1 200 OK\r\ndate: today\r\nserver: a\r\nx-b: 1\r\ncontent-length: 0\r\n\r\n',
        {
          responseHeaders: {
            remove: ['Server'],
            set: [
              ['x-b', '2'],
              ['content-length', '7'],
            ],
            add: [['x-c', '3']],
          },
        },
      ),
    )
    expect(lines).toEqual([
      'date: today',
      'x-b: 2',
      'content-length: 0',
      'x-c: 3',
      'Connection: close',
    ])
  })

  it('says nothing of the connection where HTTP/1.1 keeps it open', async () => {
    const { endpoint } = await startBackend((_request, response) => response.end('hi'))
    const { url } = await startHop(forwardTo([endpoint]))
    const response = await fetch(url)
    expect(await response.text()).toBe('hi')
    expect(response.headers.get('connection')).toBeNull()
    expect(response.headers.get('keep-alive')).toBeNull()
  })
})
