import { createReadiness } from '@traffic-lanes/serve'
import { expect, it } from 'vitest'
import { startApp } from './app.ts'

it('is alive from the start and ready between listening and the stop, testbbb or not', async () => {
  const readiness = createReadiness()
  const http = startApp({ readiness })
  const probe = async (path: string): Promise<[number, string]> => {
    const { status, text } = await http.get(path)
    return [status, text]
  }
  expect(await probe('/healthz')).toEqual([200, 'ok'])
  expect(await probe('/readyz')).toEqual([503, 'starting'])
  readiness.enter('serving')
  expect(await probe('/readyz')).toEqual([200, 'ready'])
  readiness.enter('stopping')
  expect(await probe('/readyz')).toEqual([503, 'stopping'])
  expect(await probe('/healthz')).toEqual([200, 'ok'])
})
