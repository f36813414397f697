import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { serve, type RequestListener, type ServeOptions, type Serving } from '../src/index.ts'
import { barrier } from './barrier.ts'
import { connectTo, get } from './client.ts'

const running: Serving[] = []

async function start(listener: RequestListener, options: ServeOptions = {}): Promise<Serving> {
  const serving = await serve(listener, { port: 0, signals: false, log: () => {}, ...options })
  running.push(serving)
  return serving
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((serving) => serving.stop()))
})

/** A listener that holds every request until the test lets it go. */
function held(answer: (response: ServerResponse, path: string) => void) {
  const entered = barrier()
  const released = barrier()
  const listener: RequestListener = async (request, response) => {
    entered.open()
    await released.passed
    answer(response, request.url ?? '')
  }
  return { listener, entered: entered.passed, release: released.open }
}

const hello: RequestListener = (_request, response) => response.end('hello')

describe('stop', () => {
  it('lets the request in flight finish and closes its connection with the response', async () => {
    const { listener, entered, release } = held((response) => response.end('done'))
    const { port, stop } = await start(listener)
    const client = await connectTo(port)
    client.send(get('/'))
    await entered

    const stopped = stop()
    release()

    const text = await client.closed()
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(text).toMatch(/\r\nConnection: close\r\n/)
    expect(text).toMatch(/done/)
    expect(await stopped).toEqual({ cut: 0 })
  })

  it('keeps the connection open after a response while no stop is asked', async () => {
    const { port } = await start(hello)
    const client = await connectTo(port)
    client.send(get('/'))
    expect(await client.received('hello')).toMatch(/\r\nConnection: keep-alive\r\n/)
    expect(client.socket.closed).toBe(false)
  })

  it('accepts no new connection while a request is still in flight', async () => {
    const { listener, entered, release } = held((response) => response.end())
    const { port, stop } = await start(listener)
    const client = await connectTo(port)
    client.send(get('/'))
    await entered

    const stopped = stop()
    await expect(connectTo(port)).rejects.toThrow('ECONNREFUSED')
    release()
    await stopped
  })

  it('closes an idle kept-alive connection at once', async () => {
    // At once means: not only when a sweep comes, and none comes here.
    vi.useFakeTimers({ toFake: ['setInterval'] })
    onTestFinished(() => void vi.useRealTimers())
    const { port, stop } = await start(hello)
    const client = await connectTo(port)
    client.send(get('/'))
    await client.received('hello')

    const [result] = await Promise.all([stop(), client.closed()])
    expect(result).toEqual({ cut: 0 })
  })

  it('says `connection: close` to a request that comes on an open connection during the stop', async () => {
    const { listener, entered, release } = held((response) => response.end('late'))
    const { port, stop } = await start(listener)
    const client = await connectTo(port)
    const [begin, end] = ['GET / HTTP/1.1\r\nhost: ', 'test\r\n\r\n']
    const other = await connectTo(port)
    other.send(get('/'))
    await entered
    client.send(begin)
    // Bytes are read in the order of their coming: what is answered later proves that `begin` was read.
    const third = await connectTo(port)
    third.send('nonsense\r\n\r\n')
    await third.closed()

    const stopped = stop()
    client.send(end)
    release()

    const text = await client.closed()
    expect(text).toMatch(/\r\nConnection: close\r\n[^]*late/)
    expect(await stopped).toEqual({ cut: 0 })
  })

  it('answers every request of a pipeline and closes after the last', async () => {
    const { listener, entered, release } = held((response, path) => response.end(`<${path}>`))
    const { port, stop } = await start(listener)
    const client = await connectTo(port)
    client.send(get('/one') + get('/two'))
    await entered

    const stopped = stop()
    release()

    const text = await client.closed()
    expect(text).toMatch(
      /Connection: keep-alive\r\n[^]*<\/one>[^]*Connection: close\r\n[^]*<\/two>/,
    )
    expect(await stopped).toEqual({ cut: 0 })
  })

  it('closes after a response whose header had promised to keep the connection', async () => {
    const { listener, entered, release } = held((response) => response.end('last'))
    const { port, stop } = await start((request, response) => {
      response.write('first')
      return listener(request, response)
    })
    const client = await connectTo(port)
    client.send(get('/'))
    await entered
    expect(await client.received('first')).toMatch(/\r\nConnection: keep-alive\r\n/)

    const stopped = stop()
    release()

    expect(await client.closed()).toMatch(/last/)
    expect(await stopped).toEqual({ cut: 0 })
  })

  it('sends a response to its end that was ended, but not yet sent, when the stop began', async () => {
    const size = 20_000_000
    const ended = barrier()
    const { port, stop } = await start((_request, response) => {
      response.end(Buffer.alloc(size, 'x'))
      ended.open()
    })
    const client = await connectTo(port)
    client.socket.pause()
    client.send(get('/'))
    await ended.passed

    const stopped = stop()
    client.socket.resume()

    const text = await client.closed()
    expect(text.length - text.indexOf('\r\n\r\n') - 4).toBe(size)
    expect(await stopped).toEqual({ cut: 0 })
  })

  it('closes a connection that never sent a request', async () => {
    const { server, port, stop } = await start(hello)
    const [client] = await Promise.all([connectTo(port), once(server, 'connection')])

    const [result] = await Promise.all([stop(), client.closed()])
    expect(result).toEqual({ cut: 0 })
  })

  it('cuts what is still open at the deadline and says so', async () => {
    const lines: string[] = []
    const { listener, entered } = held(() => {})
    const { port, stop } = await start(listener, {
      stopTimeout: 20,
      log: (line) => lines.push(line),
    })
    const client = await connectTo(port)
    client.send(get('/'))
    await entered

    const [result, text] = await Promise.all([stop(), client.closed()])
    expect(result).toEqual({ cut: 1 })
    expect(text).toBe('')
    expect(lines).toEqual([
      'Stopping took longer than 20 ms (`stopTimeout`): open connections cut: 1.',
    ])
  })

  it('does not wait for an upgraded connection beyond the deadline', async () => {
    const { server, port, stop } = await start(hello, { stopTimeout: 20 })
    server.on('upgrade', (_request, socket) => {
      socket.on('error', () => {})
      socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n')
    })
    const client = await connectTo(port)
    client.send('GET / HTTP/1.1\r\nhost: test\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n')
    await client.received('101')

    const [result] = await Promise.all([stop(), client.closed()])
    expect(result).toEqual({ cut: 1 })
  })

  it('tells the app by `stopping`, so that it can end upgraded connections itself', async () => {
    const { server, port, stopping, stop } = await start(hello)
    server.on('upgrade', (_request, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n')
      stopping.addEventListener('abort', () => socket.end('bye'))
    })
    const client = await connectTo(port)
    client.send('GET / HTTP/1.1\r\nhost: test\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n')
    await client.received('101')
    expect(stopping.aborted).toBe(false)

    const [result, text] = await Promise.all([stop(), client.closed()])
    expect(result).toEqual({ cut: 0 })
    expect(text).toMatch(/bye$/)
  })

  it('is done once, however often it is asked for', async () => {
    const { stop } = await start(hello)
    const first = stop()
    expect(stop()).toBe(first)
    await first
    expect(stop()).toBe(first)
  })
})
