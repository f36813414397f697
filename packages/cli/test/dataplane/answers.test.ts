import type { Decision, Outcome } from '@traffic-lanes/routing'
import { describe, expect, it } from 'vitest'
import { CLUSTER, decisionOf, forwardTo } from './support/decisions.ts'
import { deadEndpoint, startBackend, startHop } from './support/servers.ts'
import { signal } from './support/signal.ts'
import { ask, bodyOf, dial, headerLines } from './support/wire.ts'

const REQUEST = 'GET /a HTTP/1.1\r\nhost: testbbb\r\nconnection: close\r\n\r\n'

const NO_ROUTE: Outcome = {
  kind: 'respond',
  status: 404,
  body: '',
  flags: ['NR'],
  detail: 'route_not_found',
  cluster: null,
  subset: null,
}

/** The lines of an answer, without those that every answer has. */
function linesOf(message: string): string[] {
  return headerLines(message).filter((line) => !/^(?:date|connection):/i.test(line))
}

/** A fault whose delay or abort is drawn so, or not there at all. */
function faultOf(delay: boolean | null, abort: boolean | null): Pick<Decision, 'fault'> {
  return {
    fault: {
      delay: delay === null ? null : { ms: 40, percent: 50, hit: delay },
      abort: abort === null ? null : { status: 418, percent: 50, hit: abort },
    },
  }
}

async function ruined(delay: boolean | null, abort: boolean | null) {
  const { endpoint } = await startBackend((_request, response) => response.end('served'))
  const { url, log } = await startHop(forwardTo([endpoint], faultOf(delay, abort)))
  const response = await fetch(url)
  return { status: response.status, body: await response.text(), entry: await log.next() }
}

describe('what the proxy answers itself', () => {
  it('is empty for a route that was not found, with the reason in one header and the log', async () => {
    const { port, log } = await startHop(decisionOf(NO_ROUTE))
    const message = await ask(port, REQUEST)
    expect(message).toMatch(/^HTTP\/1.1 404 Not Found\r\n/)
    expect(linesOf(message)).toEqual([
      'x-lanes-decision: 404 NR route_not_found',
      'content-length: 0',
    ])
    expect(bodyOf(message)).toBe('')
    expect(await log.next()).toMatchObject({
      method: 'GET',
      path: '/a',
      host: 'testbbb',
      status: 404,
      flags: ['NR'],
      detail: 'route_not_found',
      cluster: null,
      endpoint: null,
      tries: 0,
    })
  })

  it('says "no healthy upstream" and names the cluster, with the route’s response headers', async () => {
    const outcome: Outcome = {
      ...NO_ROUTE,
      status: 503,
      flags: ['UH'],
      detail: 'no_healthy_upstream',
      cluster: CLUSTER,
      subset: 'release-v1',
    }
    const responseHeaders = { set: [['x-route', 'v1']], add: [], remove: ['content-type'] } as const
    const { port } = await startHop(decisionOf(outcome, { responseHeaders }))
    const message = await ask(port, REQUEST)
    expect(message).toMatch(/^HTTP\/1.1 503 Service Unavailable\r\n/)
    expect(linesOf(message)).toEqual([
      `x-lanes-decision: 503 UH no_healthy_upstream ${CLUSTER}`,
      'x-route: v1',
      'content-length: 19',
    ])
    expect(bodyOf(message)).toBe('no healthy upstream')
  })

  it('is the body of a direct response', async () => {
    const outcome: Outcome = {
      ...NO_ROUTE,
      status: 418,
      body: 'tée',
      flags: [],
      detail: 'direct_response',
    }
    const { url } = await startHop(decisionOf(outcome))
    const response = await fetch(url)
    expect(response.status).toBe(418)
    expect(response.headers.get('content-type')).toBe('text/plain')
    expect(response.headers.get('x-lanes-decision')).toBe('418 - direct_response')
    expect(await response.text()).toBe('tée')
  })

  it.each([204, 304])('has neither body nor length with status %i', async (status) => {
    const outcome: Outcome = {
      ...NO_ROUTE,
      status,
      body: 'x',
      flags: [],
      detail: 'direct_response',
    }
    const { port } = await startHop(decisionOf(outcome))
    const message = await ask(port, REQUEST)
    expect(linesOf(message)).toEqual([`x-lanes-decision: ${status} - direct_response`])
    expect(bodyOf(message)).toBe('')
  })

  it('is a redirect with its location', async () => {
    const { url } = await startHop(
      decisionOf({ kind: 'redirect', status: 308, location: 'https://a.example/b?c' }),
    )
    const response = await fetch(url, { redirect: 'manual' })
    expect(response.status).toBe(308)
    expect(response.headers.get('location')).toBe('https://a.example/b?c')
  })

  it('is sent as well as can be, whatever a manifest holds', async () => {
    const responseHeaders = {
      set: [['x-b', 'two\r\nlines'] as const, ['x c', 'name'] as const, ['x-d', 'fine'] as const],
      add: [],
      remove: [],
    }
    const outcomes: Outcome[] = [
      { ...NO_ROUTE, status: 1000 },
      { ...NO_ROUTE, status: 101 },
      { kind: 'redirect', status: 302, location: 'http://a/\r\nset-cookie: é' },
    ]
    const { port } = await startHop(() =>
      decisionOf(outcomes.shift() ?? NO_ROUTE, { responseHeaders }),
    )
    const [large, small, redirect] = [
      await ask(port, REQUEST),
      await ask(port, REQUEST),
      await ask(port, REQUEST),
    ]
    expect(large).toMatch(/^HTTP\/1.1 500 /)
    expect(small).toMatch(/^HTTP\/1.1 500 /)
    expect(linesOf(redirect)).toEqual([
      'location: http://a/%0D%0Aset-cookie: \xc3\xa9',
      'x-lanes-decision: 302 - direct_response',
      'x-d: fine',
      'content-length: 0',
    ])
  })

  it('goes without its body to HEAD', async () => {
    const outcome: Outcome = {
      ...NO_ROUTE,
      status: 418,
      body: 'tea',
      flags: [],
      detail: 'direct_response',
    }
    const { port } = await startHop(decisionOf(outcome))
    const message = await ask(port, 'HEAD / HTTP/1.1\r\nhost: b\r\nconnection: close\r\n\r\n')
    expect(headerLines(message)).toContain('content-length: 3')
    expect(bodyOf(message)).toBe('')
  })

  it('leaves the connection open, and what was not read of the request is skipped', async () => {
    const { endpoint } = await startBackend((_request, response) => response.end('next'))
    const decisions = [decisionOf(NO_ROUTE), forwardTo([endpoint])]
    const { port } = await startHop(() => decisions.shift() ?? decisionOf(NO_ROUTE))
    const wire = await dial(port)
    wire.send('POST / HTTP/1.1\r\nhost: b\r\ncontent-length: 100000\r\n\r\n')
    expect(await wire.until('\r\n\r\n')).toMatch(/^HTTP\/1.1 404 /)
    wire.send('x'.repeat(100_000))
    wire.send('GET / HTTP/1.1\r\nhost: b\r\n\r\n')
    await wire.until('next')
  })

  it('leaves the connection open after an upload that nobody took', async () => {
    const { endpoint } = await startBackend((_request, response) => response.end('next'))
    const decisions = [forwardTo([deadEndpoint()]), forwardTo([endpoint])]
    const { port } = await startHop(() => decisions.shift() ?? decisionOf(NO_ROUTE))
    const wire = await dial(port)
    wire.send('POST / HTTP/1.1\r\nhost: b\r\ncontent-length: 1000000\r\n\r\n')
    wire.send('x'.repeat(1_000_000))
    expect(await wire.until('\r\n\r\n')).toMatch(/^HTTP\/1.1 503 /)
    wire.send('GET / HTTP/1.1\r\nhost: b\r\n\r\n')
    await wire.until('next')
  })

  it('is a closed connection where nothing listens', async () => {
    const detail = 'nothing listens on port 81'
    const { port, log } = await startHop(decisionOf({ kind: 'no-listener', detail }))
    expect(await ask(port, REQUEST)).toBe('')
    expect(await log.next()).toMatchObject({ status: 0, flags: [], detail })
  })

  it('is 503 UF for a pass-through to where nobody is known', async () => {
    const { port, log } = await startHop(
      decisionOf({ kind: 'passthrough', cluster: 'PassthroughCluster', endpoints: [] }),
    )
    expect(await ask(port, REQUEST)).toMatch(/^HTTP\/1.1 503 /)
    expect(await log.next()).toMatchObject({ flags: ['UF'], cluster: 'PassthroughCluster' })
  })

  it('tells that routing itself failed, and the listener goes on', async () => {
    const { endpoint } = await startBackend((_request, response) => response.end('next'))
    let broken = true
    const { url, log } = await startHop(() => {
      if (broken) throw new Error('VirtualService a/b cannot be compiled')
      return forwardTo([endpoint])
    })
    const response = await fetch(url)
    expect(response.status).toBe(500)
    expect(await response.text()).toBe(
      'The request could not be routed: VirtualService a/b cannot be compiled',
    )
    expect(await log.next()).toMatchObject({
      status: 500,
      detail: 'routing_failed',
      decision: null,
    })
    broken = false
    expect(await (await fetch(url)).text()).toBe('next')
  })

  it('tells that a rewritten path cannot be sent', async () => {
    const { endpoint } = await startBackend((_request, response) => response.end('never'))
    const rewrite = { path: 'no-slash', authority: null }
    const retries = { attempts: 2, perTryTimeout: null, on: ['reset', '5xx'], statuses: [] }
    const { url, log } = await startHop(forwardTo([endpoint], { rewrite, retries }))
    const response = await fetch(url)
    expect(response.status).toBe(500)
    expect(response.headers.get('x-lanes-decision')).toBe(
      `500 - request_not_sendable ${CLUSTER} testbbb-release-v1`,
    )
    expect(await response.text()).toContain('the path "no-slash" has to start with a slash')
    expect(await log.next()).toMatchObject({ tries: 1, flags: [] })
  })
})

describe('a pass-through', () => {
  it('goes to the endpoints of the dialled Service', async () => {
    const { endpoint } = await startBackend((_request, response) => response.end('any version'))
    const { url, log } = await startHop(
      decisionOf({ kind: 'passthrough', cluster: 'PassthroughCluster', endpoints: [endpoint] }),
    )
    expect(await (await fetch(url)).text()).toBe('any version')
    expect(await log.next()).toMatchObject({ cluster: 'PassthroughCluster', endpoint, tries: 1 })
  })
})

describe('a fault', () => {
  it('that hits aborts the request before any upstream sees it', async () => {
    const { status, body, entry } = await ruined(null, true)
    expect({ status, body }).toEqual({ status: 418, body: 'fault filter abort' })
    expect(entry).toMatchObject({ flags: ['FI'], detail: 'fault_filter_abort', tries: 0 })
  })

  it('that hits delays the request', async () => {
    const { body, entry } = await ruined(true, false)
    expect(body).toBe('served')
    expect(entry.flags).toEqual(['DI'])
    // Node's timers may fire a millisecond early by this clock.
    expect(entry.ms).toBeGreaterThanOrEqual(39)
  })

  it('delays before it aborts', async () => {
    const { status, entry } = await ruined(true, true)
    expect(status).toBe(418)
    expect(entry.flags).toEqual(['DI', 'FI'])
    expect(entry.ms).toBeGreaterThanOrEqual(39)
  })

  it('that does not hit changes nothing', async () => {
    const { body, entry } = await ruined(false, false)
    expect(body).toBe('served')
    expect(entry.flags).toEqual([])
  })

  it('ends with a client that does not wait for it', async () => {
    const endpoint = deadEndpoint()
    const decision = forwardTo([endpoint], {
      fault: { delay: { ms: 3_600_000, percent: 100, hit: true }, abort: null },
    })
    const asked = signal()
    const { port, log } = await startHop(() => {
      asked.fire()
      return decision
    })
    const wire = await dial(port)
    wire.send(REQUEST)
    await asked.fired
    wire.socket.destroy()
    expect(await log.next()).toMatchObject({ status: 0, flags: ['DI', 'DC'], tries: 0 })
  })
})

describe('a request that no upstream should see', () => {
  it.each([
    ['two Host headers', 'host: a\r\nhost: b\r\n', 400, 'more than one Host header'],
    [
      'another transfer coding',
      'host: a\r\ntransfer-encoding: gzip, chunked\r\n',
      400,
      'transfer-encoding "gzip, chunked"',
    ],
    ['101 headers', `host: a\r\n${'x: 1\r\n'.repeat(99)}`, 431, 'more than 100 headers'],
  ])('for %s is refused in words', async (_name, headers, status, problem) => {
    const { port, log } = await startHop(() => {
      throw new Error('nobody asks')
    })
    const message = await ask(port, `GET / HTTP/1.1\r\nconnection: close\r\n${headers}\r\n`)
    expect(message).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(message).toContain(`Refused: ${problem}.`)
    expect(await log.next()).toMatchObject({ status, flags: ['DPE'], tries: 0 })
  })

  it('is not one with 100 headers', async () => {
    const { endpoint } = await startBackend((request, response) =>
      response.end(String(request.rawHeaders.length / 2)),
    )
    const { port } = await startHop(forwardTo([endpoint]))
    const many = await ask(
      port,
      `GET / HTTP/1.1\r\nconnection: close\r\nhost: a\r\n${'x: 1\r\n'.repeat(98)}\r\n`,
    )
    expect(bodyOf(many)).toBe('100')
  })

  it('is refused by Node where its headers are too long', async () => {
    const { port } = await startHop(decisionOf(NO_ROUTE))
    const fits = await ask(
      port,
      `GET / HTTP/1.1\r\nconnection: close\r\nhost: a\r\nx: ${'y'.repeat(61_000)}\r\n\r\n`,
    )
    expect(fits).toMatch(/^HTTP\/1.1 404 /)
    const long = await ask(
      port,
      `GET / HTTP/1.1\r\nconnection: close\r\nhost: a\r\nx: ${'y'.repeat(62_000)}\r\n\r\n`,
    )
    expect(long).toMatch(/^HTTP\/1.1 431 /)
  })
})
