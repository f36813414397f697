import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { connect, createServer as createHttp2Server } from 'node:http2'
import { Agent, request as undiciRequest } from 'undici'
import { describe, expect, it, onTestFinished } from 'vitest'
import { laneHttp2 } from '../../src/http2.ts'
import { createPropagator } from '../../src/index.ts'
import { install } from '../../src/install.ts'
import { lanePropagator } from '../../src/opentelemetry.ts'
import { portOf, startUpstream } from '../support/server.ts'
import { send } from '../support/wire.ts'

const first = createPropagator({ header: 'x-first' })
const second = createPropagator({ header: 'x-second' })

/** The two headers, as `a b`. */
function say(headers: IncomingHttpHeaders): string {
  return ['x-first', 'x-second'].map((name) => [headers[name] ?? 'none'].join()).join(' ')
}

/** Clients of servers that answer what they got. */
async function startEcho(): Promise<Array<() => Promise<string>>> {
  const server = createServer((request, response) => response.end(say(request.headers)))
  const server2 = createHttp2Server((request, response) => response.end(say(request.headers)))
  await Promise.all([server, server2].map(async (each) => once(each.listen(0), 'listening')))
  const url = `http://localhost:${portOf(server)}/`
  const session = connect(`http://localhost:${portOf(server2)}`)
  const dispatcher = new Agent().compose((dispatch) => dispatch)
  onTestFinished(async () => {
    session.close()
    server2.close()
    await dispatcher.close()
    server.close().closeAllConnections()
  })
  return [
    async () => send(url),
    async () => (await fetch(url)).text(),
    async () => (await undiciRequest(url, { dispatcher })).body.text(),
    async () => {
      const [body]: Buffer[] = await once(session.request({ ':path': '/' }), 'data')
      return body?.toString() ?? ''
    },
  ]
}

describe('install, undone', () => {
  it('sends no lane any more, although somebody has wrapped its work since', async () => {
    const undoFirst = install({ propagator: first })
    const undoSecond = install({ propagator: second })
    onTestFinished(undoFirst)
    onTestFinished(undoSecond)
    const calls = await startEcho()
    const sent = async (): Promise<string[]> =>
      first.run('a', async () =>
        second.run('b', async () => Promise.all(calls.map(async (call) => call()))),
      )
    expect(await sent()).toEqual(calls.map(() => 'a b'))
    undoFirst()
    expect(await sent()).toEqual(calls.map(() => 'none b'))
    undoSecond()
    expect(await sent()).toEqual(calls.map(() => 'none none'))
  })

  it('takes no header off any more', async () => {
    const undo = install({ propagator: first })
    onTestFinished(install({ propagator: second }))
    const otel = lanePropagator({ propagator: first })
    onTestFinished(install({ propagator: createPropagator({ header: 'x-third' }) }))
    const { port, received } = await startUpstream()
    const ask = async (): Promise<unknown> =>
      send({ host: '::ffff:127.0.0.1', port, headers: { 'x-first': 'mine' } })
    await ask()
    undo()
    otel.stop()
    await ask()
    expect(received.map(({ rawHeaders }) => rawHeaders.includes('x-first'))).toEqual([false, true])
  })
})

describe('laneHttp2, undone', () => {
  it('sends no lane any more, although the session was wrapped since', async () => {
    const server = createHttp2Server((request, response) => response.end(say(request.headers)))
    await once(server.listen(0), 'listening')
    const url = `http://localhost:${portOf(server)}`
    const session = connect(url)
    onTestFinished(() => {
      session.close()
      server.close()
    })
    const undo = laneHttp2(session, url, { propagator: first })
    laneHttp2(session, url, { propagator: second })
    undo()
    const [body]: Buffer[] = await first.run('a', async () =>
      second.run('b', async () => once(session.request({ ':path': '/' }), 'data')),
    )
    expect(body?.toString()).toBe('none b')
  })
})
