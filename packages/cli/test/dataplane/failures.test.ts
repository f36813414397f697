import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { CLUSTER, endpointAt, forwardTo } from './support/decisions.ts'
import { deadEndpoint, startBackend, startHop, startTcp } from './support/servers.ts'
import { gauge, signal } from './support/signal.ts'
import { ask, dial } from './support/wire.ts'

const REQUEST = 'GET / HTTP/1.1\r\nhost: b\r\nconnection: close\r\n\r\n'

describe('an upstream', () => {
  it('that refuses the connection is 503 UF, told as Envoy tells it', async () => {
    const endpoint = deadEndpoint()
    const { url, log } = await startHop(forwardTo([endpoint]))
    const response = await fetch(url)
    expect(response.status).toBe(503)
    expect(response.headers.get('x-lanes-decision')).toBe(
      `503 UF upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_Connection_refused} ${CLUSTER} testbbb-dead`,
    )
    expect(await response.text()).toBe(
      'upstream connect error or disconnect/reset before headers. reset reason: remote connection failure, transport failure reason: delayed connect error: Connection refused',
    )
    expect(await log.next()).toMatchObject({ status: 503, flags: ['UF'], endpoint, tries: 1 })
  })

  it('that has no address is 503 UF', async () => {
    const { url, log } = await startHop(forwardTo([{ ...endpointAt(80), address: null }]))
    expect((await fetch(url)).status).toBe(503)
    expect(await log.next()).toMatchObject({ flags: ['UF'] })
  })

  it.each([
    ['closes', 'end'],
    ['resets', 'resetAndDestroy'],
  ] as const)('that %s before its head is 503 UC', async (_name, end) => {
    const { endpoint } = await startTcp((socket) => {
      socket.once('data', () => socket[end]())
    })
    const { url, log } = await startHop(forwardTo([endpoint]))
    const response = await fetch(url)
    expect(response.status).toBe(503)
    expect(await response.text()).toBe(
      'upstream connect error or disconnect/reset before headers. reset reason: connection termination',
    )
    expect(await log.next()).toMatchObject({
      flags: ['UC'],
      detail: 'upstream_reset_before_response_started{connection_termination}',
    })
  })

  it.each([
    ['no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['a head over 60 KiB', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(62_000)}\r\n\r\n`],
    [
      'a length beside chunks',
      'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n',
    ],
    [
      'chunks beside a length',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 1\r\n\r\n',
    ],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n'],
  ])('that sends %s is 502 UPE', async (_name, answer) => {
    const { endpoint } = await startTcp((socket) => {
      socket.once('data', () => socket.write(answer))
    })
    const { url, log } = await startHop(forwardTo([endpoint]))
    expect((await fetch(url)).status).toBe(502)
    expect(await log.next()).toMatchObject({ flags: ['UPE'] })
  })

  it.each([
    ['by its length', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf'],
    ['by chunks', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n'],
  ])('that breaks off a body framed %s breaks off the client’s too', async (_name, answer) => {
    const { endpoint } = await startTcp((socket) => {
      socket.once('data', () => socket.end(answer))
    })
    const { port, log } = await startHop(forwardTo([endpoint]))
    const wire = await dial(port)
    wire.send('GET / HTTP/1.1\r\nhost: b\r\n\r\n')
    expect(await wire.rest()).not.toContain('0\r\n\r\n')
    const entry = await log.next()
    expect(entry).toMatchObject({ status: 200, flags: ['UC'] })
    expect(entry.detail).toBe('upstream_reset_after_response_started{connection_termination}')
  })

  it('that breaks off a body to HTTP/1.0 resets the client, which could not tell else', async () => {
    const { endpoint, sockets } = await startTcp((socket) => {
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf'))
    })
    const { port } = await startHop(forwardTo([endpoint]))
    const wire = await dial(port)
    const error = once(wire.socket, 'error')
    wire.send('GET / HTTP/1.0\r\nhost: b\r\n\r\n')
    await wire.until('half')
    for (const socket of sockets) socket.destroy()
    expect(await error).toMatchObject([{ code: 'ECONNRESET' }])
  })
})

describe('a time-out', () => {
  it('of the route is 504 UT, and the upstream is given up', async () => {
    let gone: Promise<unknown> | undefined
    const { endpoint } = await startBackend((request) => {
      gone = once(request.socket, 'close')
    })
    const { url, log } = await startHop(forwardTo([endpoint], { timeout: 30 }))
    const response = await fetch(url)
    expect(response.status).toBe(504)
    expect(await response.text()).toBe('upstream request timeout')
    expect(await log.next()).toMatchObject({ flags: ['UT'], detail: 'response_timeout' })
    await gone
  })

  it('of the route bounds the whole response: past its head the client is cut off', async () => {
    const { endpoint } = await startBackend((_request, response) => {
      response.writeHead(200)
      response.write('half')
    })
    const { port, log } = await startHop(forwardTo([endpoint], { timeout: 50 }))
    const wire = await dial(port)
    wire.send('GET / HTTP/1.1\r\nhost: b\r\n\r\n')
    expect(await wire.rest()).not.toContain('0\r\n\r\n')
    expect(await log.next()).toMatchObject({ status: 200, flags: ['UT'] })
  })

  it('of the route starts when the request is complete', async () => {
    const { endpoint } = await startBackend((request, response) => {
      if (request.method === 'POST') request.resume().on('end', () => response.end('in time'))
    })
    const { port, url, log } = await startHop(forwardTo([endpoint], { timeout: 40 }))
    const wire = await dial(port)
    wire.send('POST / HTTP/1.1\r\nhost: b\r\ncontent-length: 2\r\n\r\na')
    // A second request is the clock: it times out while the first is still being sent.
    expect((await fetch(url)).status).toBe(504)
    expect(await log.next()).toMatchObject({ method: 'GET', status: 504 })
    wire.send('b')
    await wire.until('in time')
    expect(await log.next()).toMatchObject({ method: 'POST', status: 200, flags: [] })
  })

  it('does not start for a request that was answered while its body still came', async () => {
    const silent = await startBackend(() => {})
    const decisions = [forwardTo([deadEndpoint()], { timeout: 20 })]
    const { port, url } = await startHop(
      () => decisions.shift() ?? forwardTo([silent.endpoint], { timeout: 40 }),
    )
    const wire = await dial(port)
    wire.send('POST / HTTP/1.1\r\nhost: b\r\ncontent-length: 2\r\n\r\na')
    await wire.until('Connection refused')
    wire.send('b')
    // A second request is the clock: the time-out of the first would have passed before its own.
    expect((await fetch(url)).status).toBe(504)
    wire.send('GET / HTTP/1.1\r\nhost: b\r\n\r\n')
    expect(await wire.until('\r\n\r\n')).toMatch(/^HTTP\/1.1 504 /)
  })

  it('longer than a timer can be does not fire at once', async () => {
    const { endpoint } = await startBackend((_request, response) => {
      setImmediate(() => setImmediate(() => response.end('hi')))
    })
    const { url } = await startHop(forwardTo([endpoint], { timeout: 2 ** 40 }))
    expect((await fetch(url)).status).toBe(200)
  })
})

describe('a client', () => {
  it('that goes away takes its upstream request with it', async () => {
    const arrival = signal()
    let gone: Promise<unknown> | undefined
    const { endpoint } = await startBackend((request) => {
      gone = once(request.socket, 'close')
      arrival.fire()
    })
    const { port, log } = await startHop(forwardTo([endpoint]))
    const wire = await dial(port)
    wire.send(REQUEST)
    await arrival.fired
    wire.socket.destroy()
    await gone
    const detail = 'downstream_remote_disconnect'
    expect(await log.next()).toMatchObject({ status: 0, flags: ['DC'], detail })
  })

  it('that goes away in the middle of its body lets the upstream see that', async () => {
    const arrival = signal()
    let aborted: Promise<unknown> | undefined
    const { endpoint } = await startBackend((request) => {
      request.on('error', () => {})
      aborted = new Promise((resolve) => request.once('aborted', resolve))
      request.once('data', arrival.fire)
    })
    const { port, log } = await startHop(forwardTo([endpoint]))
    const wire = await dial(port)
    wire.send('POST / HTTP/1.1\r\nhost: b\r\ncontent-length: 100\r\n\r\nhalf')
    await arrival.fired
    wire.socket.destroy()
    await aborted
    expect(await log.next()).toMatchObject({ flags: ['DC'], received: 4 })
  })

  it('that goes away with pipelined requests gives up all of them', async () => {
    const open = gauge()
    const { endpoint } = await startBackend((request) => {
      open.change(1)
      request.socket.once('close', () => open.change(-1))
    })
    const { port, log } = await startHop(forwardTo([endpoint]))
    const wire = await dial(port)
    wire.send('GET / HTTP/1.1\r\nhost: b\r\n\r\n'.repeat(3))
    await open.reaches(3)
    wire.socket.destroy()
    await open.reaches(0)
    for (let i = 0; i < 3; i++) expect(await log.next()).toMatchObject({ flags: ['DC'] })
  })

  it('that closes its half counts as gone, as it does for Envoy', async () => {
    const { endpoint } = await startBackend(() => {})
    const { port, log } = await startHop(forwardTo([endpoint]))
    const wire = await dial(port)
    wire.socket.end('GET / HTTP/1.1\r\nhost: b\r\n\r\n')
    expect(await wire.rest()).toBe('')
    expect(await log.next()).toMatchObject({ flags: ['DC'] })
  })

  it.each([
    ['garbage', '\x00\xff\xfe garbage\r\n\r\n', /^HTTP\/1.1 400 /],
    ['a TLS hello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', /^HTTP\/1.1 400 /],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', /^(?:HTTP\/1.1 400 .*)?/],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n', /^HTTP\/1.1 400 /],
    [
      '10,000 headers',
      `GET / HTTP/1.1\r\nhost: b\r\nconnection: close\r\n${'x: 1\r\n'.repeat(10_000)}\r\n`,
      /^HTTP\/1.1 431 /,
    ],
    [
      'a length beside chunks',
      'POST / HTTP/1.1\r\nhost: b\r\nconnection: close\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      /^HTTP\/1.1 400 /,
    ],
    [
      'a length that is no number',
      'POST / HTTP/1.1\r\nhost: b\r\ncontent-length: x\r\n\r\n',
      /^HTTP\/1.1 400 /,
    ],
    ['CONNECT', 'CONNECT b:80 HTTP/1.1\r\nhost: b\r\n\r\n', /^$/],
  ])('that sends %s hurts itself alone', async (_name, bytes, answer) => {
    const { endpoint } = await startBackend((_request, response) => response.end('fine'))
    const { port, url } = await startHop(forwardTo([endpoint]))
    expect(await ask(port, bytes)).toMatch(answer)
    expect(await (await fetch(url)).text()).toBe('fine')
  })

  it('that breaks its chunks off is refused, and so is its upstream request', async () => {
    let aborted: Promise<unknown> | undefined
    const arrival = signal()
    const { endpoint } = await startBackend((request) => {
      request.on('error', () => {})
      aborted = new Promise((resolve) => request.once('aborted', resolve))
      request.once('data', arrival.fire)
    })
    const { port } = await startHop(forwardTo([endpoint]))
    const wire = await dial(port)
    wire.send('POST / HTTP/1.1\r\nhost: b\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n')
    await arrival.fired
    wire.send('zz\r\n')
    expect(await wire.rest()).toMatch(/^HTTP\/1.1 400 /)
    await aborted
  })
})
