import { describe, expect, it } from 'vitest'
import { app, ask, caller, meshOf } from '../world.ts'
import { enter, kubernetesGateway, meshWith, route, service, services, to } from './world.ts'

const codes = (mesh: ReturnType<typeof meshWith>) => mesh.diagnostics.map(({ code }) => code)

/** A Service with two backends of these weights. */
const split = (a: number, b: number) =>
  meshWith(
    route([
      `{ backendRefs: [{ name: a, port: 80, weight: ${a} }, { name: b, port: 80, weight: ${b} }] }`,
    ]),
  )

const drawn = (draw: number) => service(ask(split(1, 3), 'http://shop/', { random: () => draw }))

describe('backends with weights', () => {
  it('are drawn by weight', () => {
    expect(drawn(0.2)).toBe('a')
    expect(drawn(0.3)).toBe('b')
  })

  it('without weight are left out', () => {
    expect(service(ask(split(0, 3), 'http://shop/', { random: () => 0 }))).toBe('b')
  })

  it('that all have none are answered with 500', () => {
    expect(service(ask(split(0, 0), 'http://shop/'))).toBe('500')
  })
})

const hostname = (host: string) =>
  route([
    `{ backendRefs: [{ group: networking.istio.io, kind: Hostname, name: ${host}, port: 80 }] }`,
  ])

describe('a backend that is not there', () => {
  it('is answered with 500 and reported', () => {
    const mesh = meshWith(route([to('nobody')]))
    expect(service(ask(mesh, 'http://shop/'))).toBe('500 NC')
    expect(codes(mesh)).toEqual(['bad-backend'])
  })

  it('is one of a kind that Istio does not know', () => {
    const backend = '{ group: g, kind: K, name: some, port: 80 }'
    const mesh = meshWith(route([`{ backendRefs: [${backend}] }`]))
    const decision = ask(mesh, 'http://shop/')
    expect(service(decision)).toBe('500 NC')
    expect(decision.outcome).toMatchObject({ cluster: 'UnknownService' })
    expect(codes(mesh)).toEqual(['bad-backend'])
  })

  it('is a port that the Service does not have', () => {
    const mesh = meshWith(route(['{ backendRefs: [{ name: a, port: 81 }] }']))
    expect(service(ask(mesh, 'http://shop/'))).toBe('500 NC')
  })

  it('is not one of a host of the mesh', () => {
    const entry = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: x, namespace: shop }
spec: { hosts: [outside.example.com], ports: [{ name: http, number: 80, protocol: HTTP }], resolution: DNS }`
    expect(service(ask(meshWith(entry, hostname('outside.example.com')), 'http://shop/'))).toBe(
      'outbound|80||outside.example.com',
    )
    expect(service(ask(meshWith(entry, hostname('no.example.com')), 'http://shop/'))).toBe('500 NC')
  })
})

const grant = (from: string, toWhat: string) => `
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: { name: grant, namespace: other }
spec: { from: [{ group: gateway.networking.k8s.io, ${from} }], to: [{ group: "", ${toWhat} }] }`

describe('a backend of another namespace, behind a Gateway', () => {
  const gateway = kubernetesGateway(['{ name: http, port: 80, protocol: HTTP }'])
  const backend = '{ backendRefs: [{ name: a, namespace: other, port: 80 }] }'
  const world = (...documents: string[]) =>
    meshOf(
      caller(),
      ...services(),
      app('a', ['one'], { namespace: 'other' }),
      gateway,
      route([backend], { parents: '[{ name: edge }]' }),
      ...documents,
    )

  it('is answered with 500 without a grant', () => {
    const mesh = world()
    expect(service(enter(mesh, 'http://any/'))).toBe('500 NC')
    expect(codes(mesh)).toEqual(['bad-backend'])
  })

  it.each([
    ['kind: HTTPRoute, namespace: shop', 'kind: Service', true],
    ['kind: HTTPRoute, namespace: shop', 'kind: Service, name: a', true],
    ['kind: HTTPRoute, namespace: shop', 'kind: Service, name: b', false],
    ['kind: GRPCRoute, namespace: shop', 'kind: Service', false],
    ['kind: HTTPRoute, namespace: third', 'kind: Service', false],
  ])('with a grant from { %s } to { %s }: %s', (from, toWhat, allowed) => {
    expect(service(enter(world(grant(from, toWhat)), 'http://any/'))).toBe(
      allowed ? 'outbound|80||a.other.svc.cluster.local' : '500 NC',
    )
  })
})
