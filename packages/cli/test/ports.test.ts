import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { isTaken, portOf, reservePort } from '../src/mesh/ports.ts'

describe('reservePort', () => {
  it('gives different ports to many who ask at once, all below the ephemeral ones', async () => {
    const reserved = new Set<number>()
    const ports = await Promise.all(Array.from({ length: 200 }, () => reservePort(reserved)))
    expect(new Set(ports).size).toBe(200)
    expect(reserved).toEqual(new Set(ports))
    expect(Math.min(...ports)).toBeGreaterThanOrEqual(20_000)
    expect(Math.max(...ports)).toBeLessThan(30_000)
  })

  it('says so when every port is reserved', async () => {
    const all = new Set(Array.from({ length: 10_000 }, (_, index) => 20_000 + index))
    await expect(reservePort(all)).rejects.toThrow(
      'no free port was found between 20000 and 29999 on 127.0.0.1',
    )
  })
})

it('isTaken tells whether somebody listens', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const port = portOf(server)
  expect(await isTaken(port)).toBe(true)
  await once(server.close(), 'close')
  expect(await isTaken(port)).toBe(false)
})
