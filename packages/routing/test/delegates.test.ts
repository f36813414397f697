import { describe, expect, it } from 'vitest'
import {
  app,
  ask,
  caller,
  complaintsAbout,
  istio,
  meshOf,
  subset,
  subsets,
  target,
  virtualService,
} from './world.ts'

const to = (name: string) => `route: [{ destination: { host: shop, subset: ${name} } }]`

const delegate = (http: string, more = '', namespace = 'shop') =>
  istio('VirtualService', 'team', `{ ${more} http: [${http}] }`, namespace)

const world = (root: string, ...delegates: readonly string[]) =>
  meshOf(
    caller(),
    app('shop', ['a', 'b']),
    subsets('shop', ['a', 'b']),
    virtualService([root, `{ ${to('b')} }`]),
    ...delegates,
  )

describe('a rule that delegates', () => {
  it('is replaced by the delegate’s rules', () => {
    const mesh = world('{ delegate: { name: team } }', delegate(`{ ${to('a')} }`))
    expect(subset(ask(mesh, 'http://shop/'))).toBe('a')
    expect(ask(mesh, 'http://shop/').route?.origin?.resource).toBe('VirtualService shop/team')
  })

  it('adds its conditions to theirs', () => {
    const mesh = world(
      '{ match: [{ uri: { prefix: /api } }], delegate: { name: team } }',
      delegate(`{ match: [{ headers: { x: { exact: on-call } } }], ${to('a')} }`),
    )
    const headers: [string, string][] = [['x', 'on-call']]
    expect(subset(ask(mesh, 'http://shop/api', { headers }))).toBe('a')
    expect(subset(ask(mesh, 'http://shop/api'))).toBe('b')
    expect(subset(ask(mesh, 'http://shop/', { headers }))).toBe('b')
  })

  it.each([
    ['{ uri: { prefix: /api/v1 } }', 'a'],
    ['{ uri: { exact: /api/v1/x } }', 'a'],
    ['{ uri: { prefix: /other } }', 'b'],
    ['{ uri: { regex: "/api/v1.*" } }', 'b'],
    ['{ port: 81 }', 'b'],
    ['{ sourceNamespace: shop }', 'a'],
  ])('leaves out what contradicts it: %s', (match, expected) => {
    const mesh = world(
      '{ match: [{ uri: { prefix: /api } }], delegate: { name: team } }',
      delegate(`{ match: [${match}], ${to('a')} }`),
    )
    expect(subset(ask(mesh, 'http://shop/api/v1/x'))).toBe(expected)
  })

  it('gives what the delegate does not say', () => {
    const mesh = world(
      '{ name: root, timeout: 3s, delegate: { name: team } }',
      delegate(`{ name: leaf, ${to('a')} }`),
    )
    expect(ask(mesh, 'http://shop/')).toMatchObject({ timeout: 3000, route: { name: 'root-leaf' } })
  })

  it('completes short names where the delegate stands', () => {
    const mesh = world(
      '{ delegate: { name: team, namespace: teams } }',
      delegate('{ route: [{ destination: { host: api } }] }', '', 'teams'),
      app('api', ['a'], { namespace: 'teams' }),
    )
    expect(target(ask(mesh, 'http://shop/'))).toBe('outbound|80||api.teams.svc.cluster.local')
  })

  it.each([
    ['is not there', '{ delegate: { name: gone } }', 'there is no VirtualService shop/gone'],
    [
      'is not exported',
      '{ delegate: { name: team, namespace: teams } }',
      'VirtualService teams/team is not exported to namespace "shop"',
    ],
  ])('is left out where the delegate %s', (_what, root, message) => {
    const hidden = delegate(`{ ${to('a')} }`, 'exportTo: ["."],', 'teams')
    expect(subset(ask(world(root, hidden), 'http://shop/'))).toBe('b')
    expect(complaintsAbout(virtualService([root]), hidden)).toEqual([
      expect.stringContaining(message),
    ])
  })

  it('is not followed further', () => {
    const mesh = world('{ delegate: { name: team } }', delegate('{ delegate: { name: team } }'))
    expect(subset(ask(mesh, 'http://shop/'))).toBe('b')
  })
})
