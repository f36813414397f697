import { describe, expect, it } from 'vitest'
import { app, ask, caller, istio, meshOf, subsets, target, workloads } from './world.ts'

const rule = (spec: string) =>
  istio('VirtualService', 'db', `{ hosts: [db, db.shop.svc.cluster.local], ${spec} }`)

const to = (name: string) => `route: [{ destination: { host: db, subset: ${name} } }]`

const world = (declared: string, ...rules: readonly string[]) =>
  meshOf(
    caller(),
    app('db', ['a', 'b'], { port: 5432, declared }),
    subsets('db', ['a', 'b']),
    ...rules,
  )

describe('a tcp rule', () => {
  it('takes the connections of a TCP port', () => {
    const mesh = world('name: tcp', rule(`tcp: [{ ${to('a')} }]`))
    expect(workloads(ask(mesh, 'http://db:5432/'))).toEqual(['db-a'])
  })

  it.each([
    ['port: 5432', 'db-a'],
    ['port: 5433', 'db-b'],
    ['sourceLabels: { app: caller }', 'db-a'],
    ['sourceLabels: { app: x }', 'db-b'],
    ['sourceNamespace: shop', 'db-a'],
    ['gateways: [mesh]', 'db-a'],
    ['gateways: [door]', 'db-b'],
  ])('applies by %s', (match, expected) => {
    const mesh = world(
      'name: tcp',
      rule(`tcp: [{ match: [{ ${match} }], ${to('a')} }, { ${to('b')} }]`),
    )
    expect(workloads(ask(mesh, 'http://db:5432/'))).toEqual([expected])
  })

  it('splits by weight', () => {
    const split =
      'route: [{ destination: { host: db, subset: a }, weight: 0 }, { destination: { host: db, subset: b }, weight: 5 }]'
    const { outcome } = ask(world('name: tcp', rule(`tcp: [{ ${split} }]`)), 'http://db:5432/')
    expect(outcome).toMatchObject({
      kind: 'tcp',
      subset: 'b',
      weights: [{ cluster: 'outbound|5432|b|db.shop.svc.cluster.local', weight: 5 }],
    })
  })

  it('takes of a sniffed port what is not HTTP, and HTTP/1.0', () => {
    const mesh = world('name: x', rule(`tcp: [{ ${to('a')} }], http: [{ ${to('b')} }]`))
    expect(workloads(ask(mesh, 'http://db:5432/'))).toEqual(['db-b'])
    expect(workloads(ask(mesh, 'https://db:5432/'))).toEqual(['db-a'])
    expect(workloads(ask(mesh, 'http://db:5432/', { http: '1.0' }))).toEqual(['db-a'])
  })
})

describe('a tls rule', () => {
  it('is chosen by the name in the handshake', () => {
    const mesh = world(
      'name: tls',
      rule(
        `tls: [{ match: [{ sniHosts: [db.shop.svc.cluster.local] }], ${to('a')} }, { match: [{ sniHosts: [db] }], ${to('b')} }]`,
      ),
    )
    expect(workloads(ask(mesh, 'https://db:5432/'))).toEqual(['db-b'])
    expect(workloads(ask(mesh, 'https://db.shop.svc.cluster.local:5432/'))).toEqual(['db-a'])
    expect(target(ask(mesh, 'https://db.shop:5432/'))).toBe('passthrough')
  })
})

describe('a headless Service', () => {
  const mesh = meshOf(
    caller(),
    app('db', ['a', 'b'], { port: 5432, declared: 'name: tcp', spec: 'clusterIP: None' }),
  )

  it('is listened for at each of its pods', () => {
    const decision = ask(mesh, 'http://db:5432/', { showAssigned: true })
    expect(decision.listener).toBe('10.1.0.2_5432')
    expect(decision.outcome).toMatchObject({
      kind: 'tcp',
      endpoints: [{ workload: 'db-a' }, { workload: 'db-b' }],
    })
  })

  it('names no address that is made up', () => {
    expect(ask(mesh, 'http://db:5432/').listener).toBe('db.shop.svc.cluster.local_5432')
  })
})
