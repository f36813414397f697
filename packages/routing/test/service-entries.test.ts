import { describe, expect, it } from 'vitest'
import { app, ask, caller, istio, meshOf, places, target } from './world.ts'

const entry = (spec: string, name = 'payments') => istio('ServiceEntry', name, spec)

const http = 'ports: [{ number: 80, name: http, protocol: HTTP }]'

describe('a ServiceEntry', () => {
  it('makes a cluster of its endpoints where they are static', () => {
    const mesh = meshOf(
      caller(),
      entry(
        `{ hosts: [pay.example.com], ${http}, resolution: STATIC, endpoints: [{ address: 192.0.2.1 }, { address: 192.0.2.2, ports: { http: 8080 } }] }`,
      ),
    )
    const decision = ask(mesh, 'http://pay.example.com/')
    expect(target(decision)).toBe('outbound|80||pay.example.com')
    expect(places(decision)).toEqual(['192.0.2.1:80', '192.0.2.2:8080'])
  })

  it('is looked up by its own name where it is of DNS and names no endpoint', () => {
    const mesh = meshOf(caller(), entry(`{ hosts: [pay.example.com], ${http}, resolution: DNS }`))
    expect(places(ask(mesh, 'http://pay.example.com/'))).toEqual(['pay.example.com:80'])
  })

  it('goes on to what was dialled where it has no resolution', () => {
    const mesh = meshOf(caller(), entry(`{ hosts: [pay.example.com], ${http} }`))
    const decision = ask(mesh, 'http://pay.example.com/', { address: '203.0.113.9' })
    expect(target(decision)).toBe('outbound|80||pay.example.com')
    expect(places(decision)).toEqual(['203.0.113.9:80'])
  })

  it('has a listener at its address for a port that is not HTTP', () => {
    const mesh = meshOf(
      caller(),
      entry(
        '{ hosts: [db.example.com], addresses: [198.18.0.1], ports: [{ number: 5432, name: tcp, protocol: TCP }], resolution: STATIC, endpoints: [{ address: 192.0.2.7 }] }',
      ),
    )
    const decision = ask(mesh, 'http://db.example.com:5432/')
    expect(decision.listener).toBe('198.18.0.1_5432')
    expect(decision.outcome).toMatchObject({
      kind: 'tcp',
      cluster: 'outbound|5432||db.example.com',
    })
    expect(ask(mesh, 'http://x:5432/', { address: '198.18.0.2' }).outcome.kind).toBe('passthrough')
  })

  it('takes a whole subnet', () => {
    const mesh = meshOf(
      caller(),
      entry(
        '{ hosts: [db.example.com], addresses: [198.18.0.0/16], ports: [{ number: 5432, name: tcp, protocol: TCP }] }',
      ),
    )
    const dial = (address: string) => ask(mesh, 'http://x:5432/', { address })
    expect(dial('198.18.7.7').outcome).toMatchObject({
      kind: 'tcp',
      cluster: 'outbound|5432||db.example.com',
      endpoints: [{ address: '198.18.7.7', port: 5432 }],
    })
    expect(dial('198.19.0.1').outcome.kind).toBe('passthrough')
  })

  it('is known by the TLS handshake where it has no address', () => {
    const tls = 'ports: [{ number: 443, name: tls, protocol: TLS }], resolution: DNS'
    const mesh = meshOf(
      caller(),
      entry(`{ hosts: [a.example.com], ${tls} }`, 'a'),
      entry(`{ hosts: [b.example.com], ${tls} }`, 'b'),
    )
    const cluster = (host: string) => target(ask(mesh, `https://${host}/`, { port: 443 }))
    expect(cluster('a.example.com')).toBe('outbound|443||a.example.com')
    expect(cluster('b.example.com')).toBe('outbound|443||b.example.com')
    expect(cluster('c.example.com')).toBe('passthrough')
  })

  it('selects WorkloadEntries and pods of its namespace', () => {
    const mesh = meshOf(
      caller(),
      app('vm', ['a']),
      istio(
        'WorkloadEntry',
        'vm1',
        '{ address: 192.0.2.1, labels: { app: vm }, ports: { http: 81 } }',
      ),
      istio('WorkloadEntry', 'vm2', '{ address: 192.0.2.2, labels: { app: other } }'),
      entry(
        `{ hosts: [vm.example.com], ${http}, resolution: STATIC, workloadSelector: { labels: { app: vm } } }`,
      ),
    )
    const decision = ask(mesh, 'http://vm.example.com/', { showAssigned: true })
    expect(places(decision)).toEqual(['10.1.0.2:80', '192.0.2.1:81'])
  })

  it.each([
    ['["."]', 'passthrough'],
    ['["*"]', 'outbound|80||pay.example.com'],
    ['[other]', 'outbound|80||pay.example.com'],
  ])('exported to %s is for another namespace: %s', (exportTo, expected) => {
    const mesh = meshOf(
      caller('other'),
      app('web', [], { namespace: 'other' }),
      entry(`{ hosts: [pay.example.com], ${http}, resolution: DNS, exportTo: ${exportTo} }`),
    )
    const from = 'deployment/other/caller'
    expect(target(ask(mesh, 'http://pay.example.com/', { from }))).toBe(expected)
  })

  it('has subsets by the labels of its endpoints', () => {
    const mesh = meshOf(
      caller(),
      entry(
        `{ hosts: [pay.example.com], ${http}, resolution: STATIC, endpoints: [{ address: 192.0.2.1, labels: { version: a } }, { address: 192.0.2.2, labels: { version: b } }] }`,
      ),
      istio(
        'DestinationRule',
        'pay',
        '{ host: pay.example.com, subsets: [{ name: b, labels: { version: b } }] }',
      ),
      istio(
        'VirtualService',
        'pay',
        '{ hosts: [pay.example.com], http: [{ route: [{ destination: { host: pay.example.com, subset: b } }] }] }',
      ),
    )
    expect(places(ask(mesh, 'http://pay.example.com/'))).toEqual(['192.0.2.2:80'])
  })
})
