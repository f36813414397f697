import { connect } from 'node:net'
import { expect, it } from 'vitest'
import { run } from '../src/index.ts'
import { startUpstream } from './support/server.ts'
import { installHere, send } from './support/wire.ts'

it.each([
  ['testbbb', '/', true],
  ['api.example.com', '/', false],
  ['::1', '/', true],
  ['[::1]', '/', true],
  ['::2', '/', false],
  // What a URL parser takes for the end of the host, a resolver does not.
  ['localhost#.example.com', '/', false],
  ['localhost?.example.com', '/', false],
  [String.raw`localhost\.example.com`, '/', false],
  ['a@localhost', '/', false],
  ['api.example.com', '//localhost/', false],
  ['api.example.com', '*', false],
  ['localhost', '*', true],
])('H14: the host that is connected to is judged: %s, path %s: %s', async (host, path, isSent) => {
  installHere()
  const { port, received } = await startUpstream()
  const options = { host, port, path, createConnection: () => connect(port, '127.0.0.1') }
  const headers = { host: 'x', 'project-version': 'b' }
  await run('a', async () => send({ ...options, headers: { host: 'x' } }))
  await send({ ...options, headers })
  expect(received.map(({ lanes }) => lanes.join())).toEqual(isSent ? ['a', 'b'] : ['', ''])
})

it('tells a target the port, and that of the protocol as none', async () => {
  const seen: string[] = []
  const target = (url: URL): boolean => {
    seen.push(url.href)
    return false
  }
  installHere({ targets: [target] })
  const { port } = await startUpstream()
  const createConnection = (): unknown => connect(port, '127.0.0.1')
  const host = 'api.example.com'
  await run('a', async () => send({ host, port, path: '/a?b', createConnection }))
  await run('a', async () => send({ host, port: 80, createConnection }))
  expect(seen).toEqual([`http://${host}:${port}/a?b`, `http://${host}/`])
})

it.each(['evil.com:8443', 'localhost:8443', 'a@api.example.com:8443'])(
  'H2: a port is not taken from a header of another host, which whoever asks an app that passes it on may choose: %s',
  async (host) => {
    installHere({ targets: [(url) => url.port === '8443'] })
    const { port, received } = await startUpstream()
    const createConnection = (): unknown => connect(port, '127.0.0.1')
    const options = { host: 'api.example.com', port, createConnection, headers: { host } }
    await run('a', async () => send(options))
    expect(received.map(({ lanes }) => lanes)).toEqual([[]])
  },
)
