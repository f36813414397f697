import { Agent, createServer, get } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { expect, it, onTestFinished } from 'vitest'
import { run } from '../src/index.ts'
import { cert, key } from './support/certificate.ts'
import { toLoopback } from './support/names.ts'
import { portOf } from './support/server.ts'
import { installHere, readAll } from './support/wire.ts'

it('carries the lane into and out of node:https, and takes it off for a third party', async () => {
  const { counters, currentLane } = installHere()
  const server = createServer({ cert, key }, (request, response) => {
    const { 'project-version': lane } = request.headers
    response.end(`${String(lane)} ${currentLane()}`)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, resolve)
  })
  const agent = new Agent({ ca: cert, lookup: toLoopback })
  onTestFinished(() => {
    agent.destroy()
    server.close()
  })
  const ask = async (host: string, headers = {}): Promise<string> =>
    new Promise((resolve, reject) => {
      const options = { host, port: portOf(server), agent, headers }
      const outgoing = get(options, (response: IncomingMessage) => resolve(readAll(response)))
      outgoing.on('error', reject)
    })
  expect(await run('a', async () => ask('localhost'))).toBe('a a')
  expect(await ask('localhost', { 'project-version': 'b' })).toBe('b b')
  expect(await run('a', async () => ask('api.example.com'))).toBe('undefined undefined')
  expect(await ask('api.example.com', { 'project-version': 'b' })).toBe('undefined undefined')
  expect(counters()).toMatchObject({ injected: 1, withheld: 1, stripped: 1 })
})
