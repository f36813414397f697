import { beforeEach, describe, expect, it } from 'vitest'
import type { TestContext } from 'vitest'
import { gatewayOf, lanes, pidsIn } from '../e2e/lanes.ts'
import type { Run } from '../e2e/lanes.ts'
import { Load } from './support/load.ts'
import { programPath } from './support/program.ts'
import { newImage, repositoryCopy } from './support/repository.ts'

const REQUESTS = 10_000
const CLIENTS = 12

/** The lanes, and who must serve each: testaaa has release, v1 and v2, testbbb release, v1 and v3. */
const EXPECTED = [
  [undefined, 'testaaa@release, testbbb@release'],
  ['release-v1', 'testaaa@release-v1, testbbb@release-v1'],
  ['release-v2', 'testaaa@release-v2, testbbb@release'],
  ['release-v3', 'testaaa@release, testbbb@release-v3'],
  ['release-v9', 'testaaa@release, testbbb@release'],
].map(([lane, servedBy = '']) => ({
  headers: lane === undefined ? {} : { 'project-version': lane },
  servedBy,
}))

let proxies: readonly string[] = []
beforeEach((context: TestContext) => {
  const envoy = programPath(context, 'envoy')
  proxies = ['--proxy', 'envoy', '--envoy', envoy]
})

/** Replaces every instance, one after the other, under load; returns what became of the requests. */
async function replaceAll(run: Run, folder: string): Promise<Load> {
  const load = new Load(await gatewayOf(run), EXPECTED, CLIENTS)
  let reloads = 0
  for (const deployment of pidsIn(run.output).keys()) {
    reloads += 1
    newImage(folder, deployment)
    await run.says(new RegExp(`(\\.yaml changed: routes reloaded[^]*){${reloads}}`))
  }
  return load
}

describe('replacing every instance under load', () => {
  it.each(['node', 'envoy'])(
    'loses no request and sends none to a wrong lane: --proxy %s',
    { timeout: 240_000 },
    async (proxy) => {
      const folder = repositoryCopy()
      const args = ['up', '-f', 'manifests', ...(proxy === 'envoy' ? proxies : [])]
      const run = lanes(args, folder)
      await gatewayOf(run)
      const before = pidsIn(run.output)
      const load = await replaceAll(run, folder)
      const { requests, failures } = await load.until(REQUESTS)
      const after = pidsIn(run.output)
      expect(failures).toEqual([])
      expect(requests).toBeGreaterThanOrEqual(REQUESTS)
      expect([...after].filter(([name, pid]) => before.get(name) === pid)).toEqual([])
      // A process that did not end by itself in time would say so.
      expect(run.output).not.toMatch(/Stopping took longer|SIGKILL/)
    },
  )
})
