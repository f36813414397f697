import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { run } from '../src/program.ts'
import { testIo } from './io.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** The route of the gateway for this Host, the version that it leads to, and the lane that it sets. */
async function answer(host: string, lane?: string) {
  const { io, out } = testIo(ROOT)
  const sent = lane === undefined ? [] : ['--lane', lane]
  const question = ['http://127.0.0.1/notify', '-H', `Host: ${host}`, ...sent]
  const args = ['explain', '--from', 'gateway/test-istio/gateway', '--json', ...question]
  const code = await run(args, io, () => ({ first: new Promise(() => {}), onFurther: () => {} }))
  const { route, outcome, requestHeaders } = JSON.parse(out())
  return { code, route: route.name, subset: outcome.subset, set: requestHeaders.set }
}

describe('a callback host of k8s/', () => {
  it.each([
    ['release-v1.callback.example.com', 'release-v1', 'release-v1'],
    ['RELEASE-V2.Callback.Example.com:443', 'release-v2', 'release-v2'],
    ['release-v3.callback.example.com', 'release', 'release-v3'],
  ])('leads to its lane where the caller names none: %s', async (host, subset, lane) => {
    expect(await answer(host)).toMatchObject({ subset, set: [['project-version', lane]] })
  })

  it('leads to the baseline where there is no such lane', async () => {
    expect(await answer('release-v9.callback.example.com')).toMatchObject({
      route: 'baseline',
      subset: 'release',
      set: [],
    })
  })

  it.each([
    ['release-v2', 'sent-release-v2', 'release-v2'],
    ['release-v3', 'sent-other', 'release'],
  ])('gives way to the lane that the caller sends: %s', async (lane, route, subset) => {
    expect(await answer('release-v1.callback.example.com', lane)).toMatchObject({
      route,
      subset,
      set: [],
    })
  })
})
