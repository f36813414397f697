import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ListenError, serve, type ServeOptions, type Serving } from '../src/index.ts'

const running: Serving[] = []

async function start(options: ServeOptions = {}): Promise<Serving> {
  const serving = await serve((_request, response) => response.end('hello'), {
    host: '127.0.0.1',
    signals: false,
    ...options,
  })
  running.push(serving)
  return serving
}

afterEach(async () => {
  vi.unstubAllEnvs()
  await Promise.all(running.splice(0).map((serving) => serving.stop()))
})

describe('serve', () => {
  it('answers by the listener once it has resolved', async () => {
    const { port } = await start({ port: 0 })
    const response = await fetch(`http://127.0.0.1:${port}/`)
    expect(await response.text()).toBe('hello')
  })

  it('takes the port from PORT', async () => {
    vi.stubEnv('PORT', '0')
    const { port } = await start({ defaultPort: 1 })
    expect(port).toBeGreaterThan(1024)
  })

  it('prefers `port` to PORT', async () => {
    vi.stubEnv('PORT', 'nonsense')
    await expect(start({ port: 0 })).resolves.toMatchObject({ port: expect.any(Number) })
  })

  it('takes `defaultPort` where PORT is unset or empty', async () => {
    vi.stubEnv('PORT', '')
    const { port } = await start({ defaultPort: 0 })
    expect(port).toBeGreaterThan(1024)
  })

  it.each(['abc', '80.5', '1e3', '-1', ' 80', '0x50', '65536'])(
    'refuses %j in PORT and says what a port is',
    async (value) => {
      vi.stubEnv('PORT', value)
      const started = start()
      await expect(started).rejects.toThrow(ListenError)
      await expect(started).rejects.toThrow(
        /^PORT is .+, which is not a port\. Set it to a whole number from 0 \(any free port\) to 65535\.$/,
      )
    },
  )

  it.each([-1, 1.5, 65_536, Number.NaN])('refuses %s as `port`', async (port) => {
    await expect(start({ port })).rejects.toThrow(/^`port` is .+, which is not a port\./)
  })

  it('names a busy port and the ways out', async () => {
    const { port } = await start({ port: 0 })
    await expect(start({ port })).rejects.toMatchObject({
      name: 'ListenError',
      code: 'EADDRINUSE',
      message:
        `Cannot listen on port ${port} of "127.0.0.1": another program listens there. ` +
        'Stop it, or choose another port by `port` or PORT; 0 takes any free one. (EADDRINUSE)',
    })
  })

  it('names a host that is not of this machine', async () => {
    // TEST-NET-1 of RFC 5737: nobody's address.
    await expect(start({ port: 0, host: '192.0.2.1' })).rejects.toThrow(
      'Cannot listen on port 0 of "192.0.2.1". Set `host` to an address of this machine, ' +
        'or leave it out to listen on all of them. (EADDRNOTAVAIL)',
    )
  })

  it('keeps idle connections 75 s, 10 s and more above the proxy’s 65 s', async () => {
    const { server, port } = await start({ port: 0 })
    expect(server.keepAliveTimeout).toBe(75_000)
    const response = await fetch(`http://127.0.0.1:${port}/`)
    expect(response.headers.get('keep-alive')).toBe('timeout=75')
  })

  it('takes another `keepAliveTimeout`', async () => {
    const { server } = await start({ port: 0, keepAliveTimeout: 3_660_000 })
    expect(server.keepAliveTimeout).toBe(3_660_000)
  })

  it('keeps headersTimeout at 60 s, below requestTimeout', async () => {
    const { server } = await start({ port: 0 })
    expect(server.headersTimeout).toBe(60_000)
    expect(server.requestTimeout).toBe(300_000)
  })

  it('cuts a client off with 408 that takes longer than `headersTimeout` for the head', async () => {
    const { port } = await start({ port: 0, headersTimeout: 100 })
    const socket = connect(port, '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nhost: slow\r\nx-never-')
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/)
  })

  it('cuts a client off that takes longer than `requestTimeout` for the body', async () => {
    const { port } = await start({ port: 0, requestTimeout: 100 })
    const socket = connect(port, '127.0.0.1')
    socket.write('POST / HTTP/1.1\r\nhost: slow\r\ncontent-length: 10\r\n\r\nhalf')
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
  })

  it('takes a `requestTimeout` below 60 s for the head too', async () => {
    const { server } = await start({ port: 0, requestTimeout: 5000 })
    expect(server.headersTimeout).toBe(5000)
  })

  it.each([5001, 0])(
    'refuses a `headersTimeout` of %s above the `requestTimeout`',
    async (value) => {
      const started = start({ port: 0, headersTimeout: value, requestTimeout: 5000 })
      await expect(started).rejects.toThrow(
        `Expected \`headersTimeout\` to be at most \`requestTimeout\` (5000 ms), not ${value}.`,
      )
    },
  )

  it.each([
    ['requestTimeout', -1],
    ['stopTimeout', -1],
    ['stopTimeout', 2_147_483_648],
    ['keepAliveTimeout', Number.NaN],
  ] as const)('refuses a `%s` of %s', async (option, value) => {
    await expect(start({ port: 0, [option]: value })).rejects.toThrow(
      `Expected \`${option}\` to be milliseconds from 0 to 2147483647, not ${value}.`,
    )
  })
})
