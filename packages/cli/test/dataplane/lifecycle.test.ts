import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { createServer } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createDataplane } from '../../src/dataplane/index.ts'
import { decisionOf, forwardTo } from './support/decisions.ts'
import { startBackend, startHop } from './support/servers.ts'
import { gauge } from './support/signal.ts'
import { dial } from './support/wire.ts'

const GET = 'GET / HTTP/1.1\r\nhost: b\r\n\r\n'

/** An upstream that answers with its name. */
function named(name: string) {
  return startBackend((_request, response) => response.end(name), name)
}

/** An upstream that leaves its responses to the test. */
async function holding() {
  const held: ServerResponse[] = []
  const arrived = gauge()
  const { endpoint } = await startBackend((_request, response) => {
    held.push(response)
    arrived.change(1)
  })
  return { endpoint, held, arrivals: arrived.reaches }
}

describe('a decision', () => {
  it('is asked for once a request, with all headers as they came and what was dialled', async () => {
    const { endpoint } = await startBackend((_request, response) => response.end('hi'))
    const asked: unknown[] = []
    const dataplane = createDataplane()
    const destination = { address: 'testbbb.test-istio', port: 32_000 }
    const { port } = await dataplane.listen({
      destination,
      decide: (request) => {
        asked.push(request)
        return forwardTo([endpoint])
      },
    })
    const wire = await dial(port)
    wire.send(
      'POST /a?b HTTP/1.1\r\nHost: B\r\nx: 1\r\nConnection: close\r\nX: 2\r\ncontent-length: 0\r\n\r\n',
    )
    await wire.rest()
    await dataplane.close()
    expect(asked).toEqual([
      {
        method: 'POST',
        url: '/a?b',
        headers: [
          ['Host', 'B'],
          ['x', '1'],
          ['Connection', 'close'],
          ['X', '2'],
          ['content-length', '0'],
        ],
        destination,
      },
    ])
  })

  it('that is swapped serves the next request; the running one finishes on its own', async () => {
    const { endpoint, held, arrivals } = await holding()
    const next = await startBackend((_request, response) => response.end('new'))
    let decision = forwardTo([endpoint], {
      responseHeaders: { set: [['x-config', 'old']], add: [], remove: [] },
    })
    const { url } = await startHop(() => decision)
    const running = fetch(url)
    await arrivals(1)
    decision = forwardTo([next.endpoint])
    expect(await (await fetch(url)).text()).toBe('new')
    held[0]?.end('old')
    const response = await running
    expect(response.headers.get('x-config')).toBe('old')
    expect(await response.text()).toBe('old')
  })
})

describe('endpoints', () => {
  it('of a cluster take turns, each cluster by itself', async () => {
    const [a, b, c, d] = [await named('a'), await named('b'), await named('c'), await named('d')]
    const first = forwardTo([a.endpoint, b.endpoint])
    const endpoints = [c.endpoint, d.endpoint]
    const second = decisionOf({ kind: 'passthrough', cluster: 'PassthroughCluster', endpoints })
    const decisions = [first, second, first, second, first, second]
    const { url } = await startHop(() => decisions.shift() ?? first)
    const served: string[] = []
    for (let i = 0; i < 6; i++) served.push(await (await fetch(url)).text())
    expect(served).toEqual(['a', 'c', 'b', 'd', 'a', 'c'])
  })

  it('are asked over connections that are kept', async () => {
    const { endpoint, server } = await startBackend((_request, response) => response.end('hi'))
    let connections = 0
    server.on('connection', () => (connections += 1))
    const { url } = await startHop(forwardTo([endpoint]))
    for (const method of ['GET', 'HEAD', 'DELETE', 'GET']) {
      const body = method === 'DELETE' ? 'x' : null
      await (await fetch(url, { method, body })).text()
    }
    expect(connections).toBe(1)
  })
})

describe('a client connection', () => {
  it('carries pipelined requests, answered in order', async () => {
    const { endpoint, held, arrivals } = await holding()
    const { port } = await startHop(forwardTo([endpoint]))
    const wire = await dial(port)
    wire.send(GET.repeat(3))
    await arrivals(3)
    const [one, two, three] = held
    three?.end('three')
    two?.end('two')
    await turn()
    one?.end('one')
    expect(await wire.until('three')).toMatch(/one[^]*two[^]*three/)
  })
})

describe('closing a listener', () => {
  it('waits for a running request, whose connection then ends, and takes no new one', async () => {
    const { endpoint, held, arrivals } = await holding()
    const { port, listener } = await startHop(forwardTo([endpoint]))
    const [running, idle] = [await dial(port), await dial(port)]
    running.send(GET)
    await arrivals(1)
    const closed = listener.close()
    expect(await idle.rest()).toBe('')
    await expect(dial(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    held[0]?.end('done')
    const message = await running.rest()
    expect(message).toContain('Connection: close')
    expect(message).toContain('done')
    await closed
  })

  it('waits for a response whose head is gone already, and its connection ends too', async () => {
    const { endpoint, held, arrivals } = await holding()
    const { port, listener } = await startHop(forwardTo([endpoint]))
    const wire = await dial(port)
    wire.send(GET)
    await arrivals(1)
    held[0]?.write('half')
    await wire.until('half')
    const closed = listener.close()
    held[0]?.end('rest')
    expect(await wire.rest()).toContain('rest')
    await closed
  })

  it('cuts off what has not ended by the deadline, tunnels too', async () => {
    const { endpoint, arrivals } = await holding()
    const { server, endpoint: other } = await startBackend(() => {})
    server.on('upgrade', (_request, socket) => {
      socket.on('error', () => {})
      socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n')
    })
    const decisions = [forwardTo([endpoint]), forwardTo([other])]
    const { port, listener } = await startHop(() => decisions.shift() ?? forwardTo([other]))
    const [running, tunnel] = [await dial(port), await dial(port)]
    running.send(GET)
    await arrivals(1)
    tunnel.send('GET / HTTP/1.1\r\nhost: b\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n')
    await tunnel.until('\r\n\r\n')
    await listener.close(20)
    expect(await running.rest()).toBe('')
    expect(await tunnel.rest()).toBe('')
  })

  it('may be asked twice, and abort cuts short a close that waits', async () => {
    const { endpoint, arrivals } = await holding()
    const { port, listener } = await startHop(forwardTo([endpoint]))
    const wire = await dial(port)
    wire.send(GET)
    await arrivals(1)
    const closed = Promise.all([listener.close(), listener.close()])
    listener.abort()
    await closed
    expect(await wire.rest()).toBe('')
  })
})

describe('a data plane', () => {
  it('refuses a port that is taken', async () => {
    const { port, dataplane } = await startHop(forwardTo([]))
    const options = { destination: { port: 80 }, decide: () => forwardTo([]) }
    await expect(dataplane.listen({ ...options, port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    })
    const again = await dataplane.listen(options)
    expect(again.port).not.toBe(port)
  })

  it('listens on 127.0.0.1 only', async () => {
    const { port } = await startHop(forwardTo([]))
    const other = createServer()
    // Free on every other address of this machine: so nothing of ours is there.
    other.listen(port, '127.0.0.2')
    await once(other, 'listening')
    expect(other.address()).toMatchObject({ address: '127.0.0.2', port })
    other.close()
  })
})
