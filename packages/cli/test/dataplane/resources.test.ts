import { createServer } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { expect, it } from 'vitest'
import { createDataplane } from '../../src/dataplane/index.ts'
import { deadEndpoint, listen } from './support/servers.ts'
import { endpointAt, forwardTo } from './support/decisions.ts'
import { signal } from './support/signal.ts'
import { dial } from './support/wire.ts'

const HOUR = { ms: 3_600_000, percent: 100, hit: true }

// By itself in its file: what other tests leave behind for a moment would count here.
it('a closed data plane leaves no socket and no timer behind', async () => {
  const backend = createServer()
  const sockets = new Set<unknown>()
  backend.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi'))
  })
  const endpoints = [endpointAt(await listen(backend)), deadEndpoint()]
  // The runner's own timers, and the server that made way, take a moment.
  while (resources()['Timeout'] !== undefined || resources()['TCPServerWrap'] !== 1) await turn()
  const before = resources()

  const dataplane = createDataplane()
  const left = signal()
  const decision = forwardTo(endpoints, {
    timeout: 60_000,
    retries: { attempts: 2, perTryTimeout: 30_000, on: ['connect-failure'], statuses: [] },
  })
  const destination = { port: 80 }
  const { port } = await dataplane.listen({ destination, decide: () => decision })
  const wire = await dial(port)
  for (let i = 0; i < 4; i++) {
    wire.send('GET / HTTP/1.1\r\nhost: b\r\n\r\n')
    await wire.until('hi')
  }
  const delayed = await dataplane.listen({
    destination,
    decide: () => forwardTo(endpoints, { fault: { delay: HOUR, abort: null } }),
    onRequest: left.fire,
  })
  const impatient = await dial(delayed.port)
  impatient.send('GET / HTTP/1.1\r\nhost: b\r\n\r\n')
  impatient.socket.end()
  await left.fired
  expect(sockets.size).toBe(1)
  expect(resources()).not.toEqual(before)
  await dataplane.close()
  await Promise.all([wire.rest(), impatient.rest()])

  // Closed handles go a few turns of the event loop later; what stays makes this time out.
  while (sockets.size > 0 || !isDeepStrictEqual(resources(), before)) await turn()
  expect(resources()).toEqual(before)
  backend.close()
})

/** What keeps this process alive, by kind. */
function resources(): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo()) {
    if (kind !== 'Immediate') counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts
}
