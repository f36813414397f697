import { create } from 'axios'
import { expect, it } from 'vitest'
import { run } from '../../src/index.ts'
import { startUpstream } from '../support/server.ts'
import { installHere } from '../support/wire.ts'

// In a process in which nobody has loaded the package undici, whose dispatchers would carry it too.
it('H19: instances of axios, which inherit no interceptor, are covered by the process-wide part', async () => {
  installHere()
  const { url, received } = await startUpstream()
  await run('a', async () => create().get(url))
  await run('a', async () => create({ adapter: 'fetch' }).get(url))
  expect(received.map(({ lanes }) => lanes)).toEqual([['a'], ['a']])
})
