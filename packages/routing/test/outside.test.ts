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

const SERVICE = 'apiVersion: v1\nkind: Service\nmetadata:'

it('sends it to what EndpointSlices say, with or without a workload', () => {
  const mesh = meshOf(
    `${SERVICE} { name: db, namespace: shop }\nspec: { ports: [{ port: 80, name: http }] }`,
    `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: db-1, namespace: shop, labels: { kubernetes.io/service-name: db } }
addressType: IPv4
ports: [{ name: http, port: 8080 }]
endpoints: [{ addresses: [10.1.2.3] }]`,
  )
  expect(dial('http://db.shop/', mesh).outcome).toMatchObject({
    endpoints: [{ address: '10.1.2.3', port: 8080, workload: null, namespace: null }],
  })
})

const alias = (to: string): string =>
  `${SERVICE} { name: alias, namespace: shop }\nspec: { type: ExternalName, externalName: ${to} }`

it('follows an ExternalName, and leaves what it does not know to the cluster', () => {
  const known = meshOf(app('shop', ['a']), alias('shop.shop.svc.cluster.local'))
  expect(workloads(dial('http://alias.shop/', known))).toEqual(['shop-a'])
  const unknown = dial('http://alias.shop:81/', meshOf(alias('db.example.com')))
  expect(unknown.outcome).toMatchObject({ endpoints: [{ address: 'db.example.com', port: 81 }] })
  expect(unknown.warnings).toEqual([expect.stringContaining('another name of db.example.com')])
})

it('knows nothing of ServiceEntries, which only sidecars read', () => {
  const mesh = meshOf(`
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: out, namespace: shop }
spec: { hosts: [out.example.com], ports: [{ number: 80, name: http, protocol: HTTP }], resolution: DNS }`)
  expect(dial('http://out.example.com/', mesh).outcome.kind).toBe('no-listener')
})
