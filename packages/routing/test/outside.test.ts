import { expect, it } from 'vitest'
import { decideOutside } from '../src/index.ts'
import { app, meshOf, shop, when, workloads } from './world.ts'

const dial = (url: string, mesh = shop([when('{ uri: { prefix: / } }', 'a')])) => {
  const { hostname, port } = new URL(url)
  const destination = { address: hostname, port: Number(port || '80') }
  return decideOutside(mesh, { method: 'GET', url, headers: [], destination })
}

it.each([
  'shop.shop',
  'shop.shop.svc',
  'SHOP.shop.svc.cluster.local',
  'shop.shop.svc.cluster.local.',
])('sends a client without a sidecar that dials %s to any version, past all rules', (host) => {
  const decision = dial(`http://${host}/`)
  expect(decision).toMatchObject({ route: null, outcome: { kind: 'passthrough', cluster: null } })
  expect(workloads(decision)).toEqual(['shop-a', 'shop-b'])
  expect(decision.warnings).toHaveLength(1)
})

it('knows a Service by its ClusterIP', () => {
  const mesh = meshOf(app('shop', ['a'], { spec: 'clusterIP: 10.0.0.7' }))
  expect(workloads(dial('http://10.0.0.7/', mesh))).toEqual(['shop-a'])
})

it.each([
  ['http://shop/', '"shop" is no Service of these manifests'],
  ['http://shop.shop:81/', 'Service shop/shop has no port 81; it has 80'],
])('says that nothing listens at %s', (url, detail) => {
  expect(dial(url).outcome).toEqual({
    kind: 'no-listener',
    detail: expect.stringContaining(detail),
  })
})
