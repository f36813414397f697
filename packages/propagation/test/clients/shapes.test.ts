import { got } from 'got-14'
import superagent from 'superagent'
import { Agent, Client, fetch as undiciFetch, request } from 'undici'
import type { Dispatcher } from 'undici'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { wrapFetch } from '../../src/fetch.ts'
import { laneGot } from '../../src/got.ts'
import { run } from '../../src/index.ts'
import { laneSuperagent } from '../../src/superagent.ts'
import { laneUndici } from '../../src/undici.ts'
import { laneWs } from '../../src/ws.ts'
import { listen, startUpstream } from '../support/server.ts'

/** Closed when the test ends. */
function using<D extends Dispatcher>(dispatcher: D): D {
  onTestFinished(async () => dispatcher.destroy())
  return dispatcher
}

async function drain(answer: Promise<Dispatcher.ResponseData>): Promise<string> {
  return (await answer).body.text()
}

function* once(): Generator<[string, string]> {
  yield ['x-own', '1']
}

describe('laneUndici', () => {
  it.each<[string, () => Dispatcher.DispatchOptions['headers']]>([
    ['a record', () => ({ 'x-own': '1' })],
    ['a row', () => ['x-own', '1']],
    ['a row with the name as a value', () => ['x-own', '1', 'x-names', 'project-version']],
    ['a Map', () => new Map([['x-own', '1']])],
    ['Headers', () => new Headers({ 'x-own': '1' })],
    ['a generator, which gives them once', once],
  ])(
    'H6 keeps headers that are given as %s, with the lane and without, inside and outside',
    async (_, make) => {
      const dispatcher = using(new Agent().compose(laneUndici()))
      const { url, received } = await startUpstream()
      // Another address of this machine, and yet none that may have it.
      const outside = url.replace('localhost', '[::ffff:127.0.0.1]')
      for (const [lane, to] of [
        ['lane-a', url],
        [null, url],
        ['lane-a', outside],
      ] as const) {
        const headers = make() ?? null
        await run(lane, async () => drain(request(to, { dispatcher, headers })))
      }
      expect(received.map(({ lanes }) => lanes.join())).toEqual(['lane-a', '', ''])
      for (const { rawHeaders } of received) {
        expect(rawHeaders[rawHeaders.indexOf('x-own') + 1]).toBe('1')
      }
    },
  )

  it('H5 leaves headers and options as they are', async () => {
    const dispatcher = using(new Agent().compose(laneUndici()))
    const { url, received } = await startUpstream()
    const list = ['x-own', '1']
    const options = { dispatcher, headers: list }
    await run('lane-a', async () => drain(request(url, options)))
    const asked: Dispatcher.DispatchOptions = { origin: url, path: '/', method: 'GET' }
    await run('lane-a', async () => drain(dispatcher.request(asked)))
    expect(received.map(({ lanes }) => lanes)).toEqual([['lane-a'], ['lane-a']])
    expect([list, options.headers]).toEqual([['x-own', '1'], list])
    expect(asked).toEqual({ origin: url, path: '/', method: 'GET' })
  })

  it('needs the origin of a Client, which requests do not name', async () => {
    const { url, received } = await startUpstream()
    const knowing = using(new Client(url).compose(laneUndici({ origin: url })))
    const other = using(new Client(url).compose(laneUndici({ origin: 'http://evil.com' })))
    const unknowing = using(new Client(url).compose(laneUndici()))
    for (const client of [knowing, other, unknowing]) {
      await run('lane-a', async () => drain(client.request({ path: '/', method: 'GET' })))
    }
    expect(received.map(({ lanes }) => lanes.join())).toEqual(['lane-a', '', ''])
  })

  it('H18 puts one header on beside a fetch that is wrapped', async () => {
    const dispatcher = using(new Agent().compose(laneUndici()))
    const { url, received } = await startUpstream()
    const laneFetch = wrapFetch(undiciFetch)
    await run('lane-a', async () => (await laneFetch(url, { dispatcher })).text())
    expect(received.map(({ lanes }) => lanes)).toEqual([['lane-a']])
  })

  it('leaves the dispatcher that it is composed with as it was', async () => {
    const plain = using(new Agent())
    plain.compose(laneUndici())
    const { url, received } = await startUpstream()
    await run('lane-a', async () => drain(request(url, { dispatcher: plain })))
    expect(received.map(({ lanes }) => lanes)).toEqual([[]])
  })
})

describe('laneGot', () => {
  it('comes after all hooks of the caller, whose header wins, and leaves got as it was', async () => {
    const client = got.extend(laneGot())
    const { url, received } = await startUpstream()
    const beforeRequest = [
      ({ headers }: { headers: Record<string, unknown> }): void => {
        headers['project-version'] = 'mine'
      },
    ]
    await run('lane-a', async () => {
      await client(url, { hooks: { beforeRequest } })
      await client(url)
      await client.extend(laneGot())(url)
      await got(url)
    })
    const lanes = received.map((one) => one.lanes.join())
    expect(lanes).toEqual(['mine', 'lane-a', 'lane-a', ''])
  })

  it('H1 keeps the lane of the call for a request that is tried again', async () => {
    const client = got.extend(laneGot(), { retry: { limit: 1, calculateDelay: () => 1 } })
    const lanes: unknown[] = []
    const port = await listen((incoming, response) => {
      lanes.push(incoming.headers['project-version'])
      response.writeHead(lanes.length === 1 ? 503 : 200).end()
    })
    await run('lane-a', async () => client(`http://localhost:${port}/`))
    expect(lanes).toEqual(['lane-a', 'lane-a'])
  })
})

describe('laneSuperagent', () => {
  it('H4 leaves a header of the caller also where a request is tried again', async () => {
    const agent = superagent.agent().use(laneSuperagent())
    const lanes: unknown[] = []
    const port = await listen((incoming, response) => {
      lanes.push(incoming.headers['project-version'])
      response.writeHead(lanes.length === 1 ? 503 : 200).end()
    })
    // No name of the cluster's, on this machine.
    const url = `http://[::ffff:127.0.0.1]:${port}/`
    await run('lane-a', async () => agent.get(url).set('project-version', 'mine').retry(1))
    expect(lanes).toEqual(['mine', 'mine'])
  })
})

describe('laneWs', () => {
  it('H5 calls a finishRequest of the caller, which sends the request, and leaves the options as they are', async () => {
    const { url, received } = await startUpstream()
    const calls: string[] = []
    const given = {
      finishRequest(outgoing: { end(): unknown; setHeader(name: string, value: string): void }) {
        calls.push('finish')
        outgoing.setHeader('x-own', '1')
        outgoing.end()
      },
    }
    const before = { ...given }
    const closed = run('lane-a', async () => close(new WebSocket(url, laneWs(given))))
    await closed
    expect(calls).toEqual(['finish'])
    expect(given).toEqual(before)
    expect(received.map(({ lanes }) => lanes)).toEqual([['lane-a']])
    expect(received[0]?.rawHeaders).toContain('x-own')
  })

  it('takes the lane of the scope that makes the socket', async () => {
    const { url, received } = await startUpstream()
    const options = run('lane-a', () => laneWs())
    await run('lane-b', async () => close(new WebSocket(url, options)))
    await run('lane-b', async () => close(new WebSocket(url, laneWs({}))))
    expect(received.map(({ lanes }) => lanes.join())).toEqual(['lane-a', 'lane-b'])
  })
})

// A server that upgrades nobody refuses the handshake by an ordinary answer.
async function close(socket: WebSocket): Promise<void> {
  socket.on('error', () => undefined)
  return new Promise((resolve) => {
    socket.on('close', () => resolve())
  })
}
