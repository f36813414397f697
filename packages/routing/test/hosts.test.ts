import { describe, expect, it } from 'vitest'
import { dnsNames } from '../src/index.ts'
import {
  app,
  ask,
  caller,
  meshOf,
  otherwise,
  shop,
  subset,
  subsets,
  target,
  virtualService,
} from './world.ts'

const host = 'shop.shop.svc.cluster.local'

const mesh = meshOf(
  caller(),
  caller('elsewhere'),
  app('shop', ['a', 'b'], { port: 8000, spec: 'clusterIP: 10.0.0.7' }),
  subsets('shop', ['a']),
  virtualService([otherwise('a')], { hosts: `[${host}, www.Example.com]` }),
)

/** Where a request with this Host goes that was dialled to the shop. */
function hostLeadsTo(sent: string, namespace = 'shop'): string {
  return subset(
    ask(mesh, 'http://x:8000/', {
      from: `deployment/${namespace}/caller`,
      headers: [['Host', sent]],
      address: host,
    }),
  )
}

describe('Host, on a port that is declared HTTP', () => {
  it.each([
    'shop',
    'shop:8000',
    'shop:1',
    'SHOP',
    'shop.shop',
    'shop.shop.svc',
    host,
    `${host}.`,
    `${host}.:8000`,
    '10.0.0.7',
    '10.0.0.7:8000',
    'www.example.com',
    'WWW.example.com:8000',
  ])('%s means the Service', (sent) => {
    expect(hostLeadsTo(sent)).toBe('a')
  })

  it.each([
    'shop.',
    'shop.shop.',
    'shop.shop.svc.cluster',
    'shop.elsewhere',
    'example.com',
    '10.0.0.8',
  ])('%s is passed on past all rules', (sent) => {
    expect(hostLeadsTo(sent)).toBe('passthrough')
  })

  it('means a Service of another namespace only with that', () => {
    expect(hostLeadsTo('shop', 'elsewhere')).toBe('passthrough')
    expect(hostLeadsTo('shop.shop', 'elsewhere')).toBe('a')
  })

  it('decides, and not what was dialled', () => {
    const two = meshOf(caller(), app('one', ['a']), app('two', ['a']))
    const decision = ask(two, 'http://one/', { headers: [['host', 'two']], address: 'one' })
    expect(target(decision)).toBe('outbound|80||two.shop.svc.cluster.local')
  })

  it('is the URL’s where the headers hold none, and else the dialled name', () => {
    expect(subset(ask(mesh, 'http://shop.shop:8000/'))).toBe('a')
    const path = ask(mesh, 'http://shop:8000/', { headers: [] })
    expect(subset(path)).toBe('a')
  })

  it('decides as the URL’s even where that comes with a user and a fragment', () => {
    expect(subset(ask(mesh, 'http://me:secret@shop:8000/x#y'))).toBe('a')
  })
})

const rules = (wildcard: string, to: string) =>
  virtualService([otherwise(to)], { name: to, hosts: `["${wildcard}"]` })

const lead = (hosts: string, sent = 'shop') =>
  ask(shop([otherwise('a')], { hosts }), `http://${sent}/`).route?.name ?? 'rule'

describe('hosts of a VirtualService', () => {
  it.each([
    ['a bare name, of its own namespace', '[shop]', 'rule'],
    ['the full name', `[${host}]`, 'rule'],
    ['a wildcard over the full name', '["*.shop.svc.cluster.local"]', 'rule'],
    ['half a name, which is not completed', '[shop.shop]', 'default'],
    ['an absolute name', `["${host}."]`, 'default'],
  ])('can be %s', (_name, hosts, expected) => {
    // On another port than 80, where only Services count.
    const other = meshOf(
      caller(),
      app('shop', ['a'], { port: 8000 }),
      subsets('shop', ['a']),
      virtualService([otherwise('a')], { hosts }),
    )
    expect(ask(other, 'http://shop:8000/').route?.name ?? 'rule').toBe(expected)
  })

  it('are a bare name’s only in its own namespace', () => {
    const other = meshOf(
      caller(),
      app('shop', ['a']),
      virtualService([otherwise('a')], { namespace: 'elsewhere' }),
    )
    expect(ask(other, 'http://shop/').route?.name).toBe('default')
  })

  it('need no Service on port 80, so long as some Service opens it', () => {
    const hosts = '[api.example.com, "*.example.org"]'
    expect(lead(hosts, 'api.example.com')).toBe('rule')
    expect(lead(hosts, 'www.example.org')).toBe('rule')
    expect(lead(hosts, 'example.org')).toBe('allow_any')
    const closed = meshOf(
      caller(),
      app('shop', ['a'], { port: 8000 }),
      subsets('shop', ['a']),
      virtualService([otherwise('a')], { hosts }),
    )
    expect(ask(closed, 'http://api.example.com/')).toMatchObject({
      listener: 'virtualOutbound',
      outcome: { kind: 'passthrough' },
    })
    expect(ask(closed, 'http://api.example.com:8000/').route?.name).toBe('allow_any')
  })

  it('beside a Service are virtual hosts on its ports', () => {
    const other = meshOf(
      caller(),
      app('shop', ['a'], { port: 8000 }),
      subsets('shop', ['a']),
      virtualService([otherwise('a')], { hosts: '[shop, api.example.com]' }),
    )
    const decision = ask(other, 'http://api.example.com:8000/')
    expect(decision.virtualHost).toBe('api.example.com:8000')
    expect(subset(decision)).toBe('a')
  })

  it('as wildcards take one character or more, the longest first', () => {
    const other = meshOf(
      caller(),
      app('shop', ['a', 'b']),
      subsets('shop', ['a', 'b']),
      rules('*.example.com', 'a'),
      rules('*.www.example.com', 'b'),
    )
    expect(subset(ask(other, 'http://x.www.example.com/'))).toBe('b')
    expect(subset(ask(other, 'http://www.example.com/'))).toBe('a')
    expect(subset(ask(other, 'http://example.com/'))).toBe('passthrough')
    const bare = ask(other, 'http://x/', { headers: [['host', '.example.com']] })
    expect(subset(bare)).toBe('passthrough')
  })
})

describe('dnsNames', () => {
  const [service] = mesh.services

  it('are every name that a pod’s resolver completes', () => {
    if (service === undefined) throw new Error('The mesh must have a Service.')
    expect(dnsNames(service, 'shop')).toEqual([
      'shop',
      'shop.shop',
      'shop.shop.svc',
      host,
      `${host}.`,
    ])
  })

  it('are without the bare name from elsewhere', () => {
    if (service === undefined) throw new Error('The mesh must have a Service.')
    expect(dnsNames(service, 'elsewhere')).toEqual(['shop.shop', 'shop.shop.svc', host, `${host}.`])
  })
})
