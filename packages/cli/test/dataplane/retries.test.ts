import { once } from 'node:events'
import type { RequestListener, ServerResponse } from 'node:http'
import type { Retries } from '@traffic-lanes/routing'
import { describe, expect, it } from 'vitest'
import { forwardTo } from './support/decisions.ts'
import { deadEndpoint, startBackend, startHop, startTcp } from './support/servers.ts'
import { signal } from './support/signal.ts'
import { dial } from './support/wire.ts'

const policy = (on: string[], changes: Partial<Retries> = {}): { retries: Retries } => ({
  retries: { attempts: 2, perTryTimeout: null, on, statuses: [], ...changes },
})

/** An upstream whose first answers are `failures`, then 200. */
async function recovering(...failures: RequestListener[]) {
  return startBackend((request, response) => {
    const fail = failures.shift()
    if (fail) fail(request, response)
    else response.end('recovered')
  })
}

const status =
  (code: number): RequestListener =>
  (_request, response) =>
    response.writeHead(code).end(`failed with ${code}`)

const reset: RequestListener = (request) => request.socket.resetAndDestroy()

const hang: RequestListener = () => {}

/** Sends a body of `size` bytes to an upstream that fails once after it has read them all. */
async function retriedBody(size: number) {
  const bodies: number[] = []
  const { endpoint } = await startBackend((request, response) => {
    let read = 0
    request.on('data', (chunk: Buffer) => (read += chunk.length))
    request.on('end', () => {
      bodies.push(read)
      response.writeHead(bodies.length === 1 ? 503 : 200).end()
    })
  })
  const { url } = await startHop(forwardTo([endpoint], policy(['5xx'])))
  const response = await fetch(url, { method: 'POST', body: Buffer.alloc(size) })
  return { status: response.status, bodies }
}

describe('a try is repeated', () => {
  it.each<[string, number, string[], number[], boolean]>([
    ['5xx', 500, ['5xx'], [], true],
    ['5xx', 599, ['5xx'], [], true],
    ['5xx', 499, ['5xx'], [], false],
    ['gateway-error', 502, ['gateway-error'], [], true],
    ['gateway-error', 504, ['gateway-error'], [], true],
    ['gateway-error', 501, ['gateway-error'], [], false],
    ['gateway-error', 505, ['gateway-error'], [], false],
    ['retriable-4xx', 409, ['retriable-4xx'], [], true],
    ['retriable-4xx', 408, ['retriable-4xx'], [], false],
    ['retriable-status-codes', 418, ['retriable-status-codes'], [418], true],
    ['retriable-status-codes', 417, ['retriable-status-codes'], [418], false],
    ['reset', 503, ['reset'], [], false],
    ['connect-failure', 503, ['connect-failure'], [], false],
  ])('on %s after %i with %j and %j: %5$s', async (_name, code, on, statuses, repeated) => {
    const { endpoint } = await recovering(status(code))
    const { url, log } = await startHop(forwardTo([endpoint], policy(on, { statuses })))
    const response = await fetch(url)
    expect(response.status).toBe(repeated ? 200 : code)
    expect(await response.text()).toBe(repeated ? 'recovered' : `failed with ${code}`)
    expect(await log.next()).toMatchObject({ tries: repeated ? 2 : 1, flags: [] })
  })

  it.each([
    ['reset', true],
    ['5xx', true],
    ['gateway-error', true],
    ['reset-before-request', false],
    ['connect-failure', false],
    ['refused-stream', false],
    ['retriable-4xx', false],
  ])('on %s after a reset: %s', async (on, repeated) => {
    const { endpoint } = await recovering(reset)
    const { url, log } = await startHop(forwardTo([endpoint], policy([on])))
    expect((await fetch(url)).status).toBe(repeated ? 200 : 503)
    expect(await log.next()).toMatchObject({ tries: repeated ? 2 : 1 })
  })

  it.each([
    ['connect-failure', true],
    ['reset-before-request', true],
    ['reset', true],
    ['5xx', true],
    ['gateway-error', true],
    ['refused-stream', false],
    ['retriable-4xx', false],
  ])('on %s after a refused connection, at another endpoint: %s', async (on, repeated) => {
    const { endpoint } = await recovering()
    const { url, log } = await startHop(forwardTo([deadEndpoint(), endpoint], policy([on])))
    expect((await fetch(url)).status).toBe(repeated ? 200 : 503)
    expect(await log.next()).toMatchObject({ tries: repeated ? 2 : 1 })
  })

  it.each([
    ['5xx', true],
    ['gateway-error', true],
    ['reset', true],
    ['connect-failure', false],
    ['reset-before-request', false],
  ])('on %s after the per-try time-out: %s', async (on, repeated) => {
    const { endpoint } = await recovering(hang)
    const { url, log } = await startHop(forwardTo([endpoint], policy([on], { perTryTimeout: 30 })))
    const response = await fetch(url)
    expect(response.status).toBe(repeated ? 200 : 504)
    expect(await log.next()).toMatchObject(
      repeated
        ? { tries: 2, flags: [] }
        : { tries: 1, flags: ['UT'], detail: 'upstream_per_try_timeout' },
    )
  })
})

it('a try that took too long is given up at its upstream', async () => {
  let gone: Promise<unknown> | undefined
  const { endpoint } = await recovering((request) => {
    gone = once(request.socket, 'close')
  })
  const { url } = await startHop(forwardTo([endpoint], policy(['5xx'], { perTryTimeout: 30 })))
  expect((await fetch(url)).status).toBe(200)
  await gone
})

describe('tries end', () => {
  it('with the upstream’s last answer and URX, when none is left', async () => {
    const { endpoint } = await recovering(status(503), status(503), status(503))
    const { url, log } = await startHop(forwardTo([endpoint], policy(['5xx'])))
    const response = await fetch(url)
    expect(response.status).toBe(503)
    expect(await response.text()).toBe('failed with 503')
    expect(await log.next()).toMatchObject({ tries: 3, flags: ['URX'], detail: 'via_upstream' })
  })

  it('with the last failure and URX, in the words of a retried request', async () => {
    const { url, log } = await startHop(
      forwardTo([deadEndpoint()], policy(['connect-failure'], { attempts: 1 })),
    )
    const response = await fetch(url)
    expect(response.status).toBe(503)
    expect(await response.text()).toBe(
      'upstream connect error or disconnect/reset before headers. retried and the latest reset reason: remote connection failure, transport failure reason: delayed connect error: Connection refused',
    )
    expect(await log.next()).toMatchObject({ tries: 2, flags: ['URX', 'UF'] })
  })

  it('after the first where no retries are allowed', async () => {
    const { endpoint } = await recovering(status(503))
    const { url, log } = await startHop(forwardTo([endpoint], policy(['5xx'], { attempts: 0 })))
    expect((await fetch(url)).status).toBe(503)
    expect(await log.next()).toMatchObject({ tries: 1, flags: [] })
  })

  it('with the route’s time-out, which bounds them all', async () => {
    const { endpoint } = await recovering(hang, hang, hang)
    const { url, log } = await startHop(
      forwardTo([endpoint], {
        timeout: 60,
        ...policy(['5xx'], { attempts: 1000, perTryTimeout: 20 }),
      }),
    )
    expect((await fetch(url)).status).toBe(504)
    expect(await log.next()).toMatchObject({ flags: ['UT'], detail: 'response_timeout' })
  })

  it('where the response’s head has reached the client', async () => {
    let tries = 0
    const { endpoint } = await startBackend((request, response) => {
      tries += 1
      response.writeHead(200, { 'content-length': 10 })
      response.write('half', () => request.socket.destroy())
    })
    const { url, log } = await startHop(forwardTo([endpoint], policy(['reset', '5xx'])))
    const response = await fetch(url)
    await expect(response.text()).rejects.toThrow('terminated')
    expect(await log.next()).toMatchObject({ tries: 1, flags: ['UC'] })
    expect(tries).toBe(1)
  })
})

describe('another try', () => {
  it('goes to an endpoint that was not tried, whosever turn it is', async () => {
    const arrival = signal()
    const held: ServerResponse[] = []
    const failing = await startBackend((_request, response) => {
      held.push(response)
      arrival.fire()
    })
    const { endpoint } = await startBackend((_request, response) => response.end('served'))
    const { url } = await startHop(forwardTo([failing.endpoint, endpoint], policy(['5xx'])))
    const first = fetch(url)
    await arrival.fired
    // The second request takes the other endpoint's turn.
    expect(await (await fetch(url)).text()).toBe('served')
    held[0]?.writeHead(503).end()
    expect(await (await first).text()).toBe('served')
    expect(held).toHaveLength(1)
  })

  it('goes round when all endpoints were tried', async () => {
    const seen: string[] = []
    const failing = (name: string) =>
      startBackend((_request, response) => {
        seen.push(name)
        response.writeHead(503).end()
      })
    const [a, b] = [await failing('a'), await failing('b')]
    const { url } = await startHop(
      forwardTo([a.endpoint, b.endpoint], policy(['5xx'], { attempts: 3 })),
    )
    await (await fetch(url)).text()
    expect(seen.slice(0, 2)).toEqual(['a', 'b'])
    expect(seen).toHaveLength(4)
  })

  it('sends a body of 64 KiB again', async () => {
    expect(await retriedBody(65_536)).toEqual({ status: 200, bodies: [65_536, 65_536] })
  })

  it('sends a body in chunks again', async () => {
    const bodies: string[] = []
    const { endpoint } = await startBackend((request, response) => {
      let body = ''
      request.setEncoding('utf8').on('data', (text: string) => (body += text))
      request.on('end', () => {
        bodies.push(body)
        response.writeHead(bodies.length === 1 ? 503 : 200).end()
      })
    })
    const { port } = await startHop(forwardTo([endpoint], policy(['5xx'])))
    const wire = await dial(port)
    wire.send(
      'POST / HTTP/1.1\r\nhost: b\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
    )
    expect(await wire.until('\r\n\r\n')).toMatch(/^HTTP\/1.1 200 /)
    expect(bodies).toEqual(['abc', 'abc'])
  })

  it('is not made with a longer body, of which the beginning was not kept', async () => {
    expect(await retriedBody(65_537)).toEqual({ status: 503, bodies: [65_537] })
  })

  it('is made with a long body of which nothing was read yet', async () => {
    const { endpoint } = await startBackend((request, response) => {
      request.resume().on('end', () => response.end('all of it'))
    })
    const { port } = await startHop(
      forwardTo([deadEndpoint(), endpoint], policy(['connect-failure'])),
    )
    const wire = await dial(port)
    wire.send(`POST / HTTP/1.1\r\nhost: b\r\ncontent-length: 100000\r\n\r\n`)
    wire.send('x'.repeat(100_000))
    expect(await wire.until('all of it')).toMatch(/^HTTP\/1.1 200 /)
  })

  it('sends what came before it failed, and what comes after', async () => {
    let tries = 0
    const failure = signal()
    const { endpoint } = await startTcp((socket) => {
      tries += 1
      if (tries === 1) {
        socket.once('data', () => {
          socket.resetAndDestroy()
          failure.fire()
        })
        return
      }
      let text = ''
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString()
        if (text.endsWith('first-second'))
          socket.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nwhole')
      })
    })
    const { port } = await startHop(forwardTo([endpoint], policy(['reset'])))
    const wire = await dial(port)
    wire.send('POST / HTTP/1.1\r\nhost: b\r\ncontent-length: 12\r\n\r\nfirst-')
    await failure.fired
    wire.send('second')
    await wire.until('whole')
    expect(tries).toBe(2)
  })
})
