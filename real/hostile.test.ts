import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { gatewayOf, lanes, pidsIn } from '../e2e/lanes.ts'
import type { Run } from '../e2e/lanes.ts'
import { ask } from './support/http.ts'
import { megabytesOf } from './support/memory.ts'
import { programPath } from './support/program.ts'
import { repositoryCopy } from './support/repository.ts'

/** Megabytes by which a process may grow; a body that is kept would take a hundred. */
const GROWTH = 64
const V1 = { 'project-version': 'release-v1' }

const sockets: Socket[] = []
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
})

let envoy = ''
beforeEach((context) => {
  envoy = programPath(context, 'envoy')
})

/** The repository's mesh, its ports and processes. */
class Mesh {
  readonly run: Run
  /** The gateway's, and one past every proxy: that of testbbb-release itself. */
  readonly ports: readonly number[]
  readonly pids: ReadonlyMap<string, number>

  constructor(run: Run, ports: readonly number[]) {
    this.run = run
    this.ports = ports
    this.pids = pidsIn(run.output)
  }

  get gateway(): number {
    return this.ports[0] ?? 0
  }

  pid(name: string): number {
    return this.pids.get(name) ?? 0
  }

  /** The status and the servers of a request at the gateway. */
  async get(headers: Record<string, string> = {}): Promise<string> {
    const { status, headers: got } = await ask({ port: this.gateway, headers })
    return `${status} ${String(got['x-served-by'])}`
  }
}

async function start(proxy: string, timeout?: number): Promise<Mesh> {
  const proxies = proxy === 'envoy' ? ['--proxy', 'envoy', '--envoy', envoy] : []
  const run = lanes(['up', '-f', 'manifests', ...proxies], repositoryCopy(timeout))
  const { port } = new URL(await gatewayOf(run))
  const [, direct] = /testbbb-release +ready after \d+ ms on \S+:(\d+)/.exec(run.output) ?? []
  return new Mesh(run, [Number(port), Number(direct)])
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  sockets.push(socket)
  await once(socket, 'connect')
  return socket
}

/** The beginning of what comes; '' where the connection ends without a word. */
async function firstOf(socket: Socket): Promise<string> {
  const over = new AbortController()
  const [first]: (Buffer | undefined)[] = await Promise.race([
    once(socket, 'data', over),
    once(socket, 'close', over).then(() => []),
  ])
  over.abort()
  return first === undefined ? '' : first.toString()
}

/** So many megabytes, as fast as the other side takes them, or until it has enough. */
async function sendAll(socket: Socket, megabytes: number): Promise<void> {
  const chunks = Array.from({ length: megabytes }, () => MEGABYTE)
  await pipeline(chunks, socket, { end: false }).catch(() => {})
}

const MEGABYTE = Buffer.alloc(1_000_000)

const BASELINE = '200 testaaa@release, testbbb@release'

describe.each(['node', 'envoy'])('with --proxy %s, others are served', (proxy) => {
  it('while an instance is killed, and its lane comes back', async () => {
    const mesh = await start(proxy)
    process.kill(mesh.pid('testaaa-release-v1'), 'SIGKILL')
    await mesh.run.says(/testaaa-release-v1 .*was killed by SIGKILL/)
    // Gone, or back already on a slow machine; never another version in its place.
    expect(await mesh.get(V1)).toMatch(/^(503 |200 testaaa@release-v1,)/)
    expect(await mesh.get()).toBe(BASELINE)
    await mesh.run.says(/(● testaaa-release-v1 +ready after[^]*){2}/)
    expect(await mesh.get(V1)).toBe('200 testaaa@release-v1, testbbb@release-v1')
  })

  it('while an instance hangs, whose callers give up in time', async () => {
    const mesh = await start(proxy, 1000)
    process.kill(mesh.pid('testbbb-release-v1'), 'SIGSTOP')
    const hanging = mesh.get(V1)
    expect(await mesh.get()).toBe(BASELINE)
    expect(await hanging).toBe('502 testaaa@release-v1')
    process.kill(mesh.pid('testbbb-release-v1'), 'SIGCONT')
    expect(await mesh.get(V1)).toBe('200 testaaa@release-v1, testbbb@release-v1')
  })

  it('while 1,000 connections are open and never used', async () => {
    const mesh = await start(proxy)
    const before = megabytesOf(mesh.pid('testbbb-release'))
    for (const port of mesh.ports) await Promise.all(Array.from({ length: 1000 }, () => open(port)))
    expect(await mesh.get()).toBe(BASELINE)
    expect(megabytesOf(mesh.pid('testbbb-release')) - before).toBeLessThan(GROWTH)
  })

  it('while clients send their heads byte by byte', async () => {
    const mesh = await start(proxy)
    for (const port of mesh.ports) {
      const slow = await Promise.all(Array.from({ length: 200 }, () => open(port)))
      for (const socket of slow) socket.write('GET / HTTP/1.1\r\nhost: slow\r\nx-a')
    }
    expect(await mesh.get()).toBe(BASELINE)
    for (const socket of sockets) socket.write('b')
    expect(await mesh.get(V1)).toBe('200 testaaa@release-v1, testbbb@release-v1')
  })

  it('after a request with 10,000 headers, which is refused', async () => {
    const mesh = await start(proxy)
    const lines = Array.from({ length: 10_000 }, (_, index) => `x-${index}: 1\r\n`).join('')
    for (const port of mesh.ports) {
      const socket = await open(port)
      socket.write(`GET / HTTP/1.1\r\nhost: a\r\n${lines}\r\n`)
      expect(await firstOf(socket)).toMatch(/^HTTP\/1\.1 (431|400) /)
    }
    expect(await mesh.get()).toBe(BASELINE)
  })

  it('while a body of 100 MB comes that nobody reads', async () => {
    const mesh = await start(proxy)
    const pids = [...mesh.pids.values(), mesh.run.child.pid ?? 0]
    const before = pids.map(megabytesOf)
    for (const port of mesh.ports) {
      const socket = await open(port)
      const answer = firstOf(socket)
      socket.write(`POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100000000\r\n\r\n`)
      await sendAll(socket, 100)
      expect(await mesh.get()).toBe(BASELINE)
      expect(await answer).toMatch(/^HTTP\/1\.1 4/)
    }
    const after = pids.map(megabytesOf)
    expect(Math.max(...after.map((now, index) => now - (before[index] ?? 0)))).toBeLessThan(GROWTH)
  })
})
