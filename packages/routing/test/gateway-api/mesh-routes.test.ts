import { describe, expect, it } from 'vitest'
import { ask, caller, complaintsAbout, meshOf, subsets, virtualService } from '../world.ts'
import { meshWith, route, service, services, to } from './world.ts'

describe('an HTTPRoute whose parent is a Service', () => {
  it('routes what its callers send to the Service', () => {
    const mesh = meshWith(
      route([to('a', '{ headers: [{ name: project-version, value: a }] }'), to('b')]),
    )
    const lane = ask(mesh, 'http://shop/', { headers: [['project-version', 'a']] })
    expect(service(lane)).toBe('a')
    expect(lane.route?.name).toBe('shop.route.0')
    expect(lane.route?.origin?.resource).toBe('HTTPRoute shop/route')
    expect(lane.route?.origin?.position).toMatchObject({ file: 'mesh.yaml', column: 5 })
    expect(service(ask(mesh, 'http://shop/'))).toBe('b')
    expect(service(ask(mesh, 'http://a/'))).toBe('a')
  })

  it('is for one port of it where it says so', () => {
    const two = `
apiVersion: v1
kind: Service
metadata: { name: shop, namespace: shop }
spec: { selector: { app: shop }, ports: [{ name: http, port: 80 }, { name: http-more, port: 81 }] }`
    const parents = '[{ group: "", kind: Service, name: shop, port: 81 }]'
    const [shop = '', a = ''] = services()
    const mesh = meshOf(
      caller(),
      shop.replace(/^[^]*?\n---\n/, ''),
      a,
      two,
      route([to('a')], { parents }),
    )
    expect(service(ask(mesh, 'http://shop:81/'))).toBe('a')
    expect(service(ask(mesh, 'http://shop:80/'))).toBe('shop')
  })

  it('answers 404 where none of its rules matches', () => {
    const mesh = meshWith(route([to('a', '{ path: { value: /a } }')]))
    expect(service(ask(mesh, 'http://shop/b'))).toBe('404 NR')
  })

  it('may have a name for a rule', () => {
    const mesh = meshWith(route([`{ name: mine, backendRefs: [{ name: a, port: 80 }] }`]))
    expect(ask(mesh, 'http://shop/').route?.name).toBe('mine')
  })

  it('without rules matches everything and answers 500, as it has no backend', () => {
    const text = route([]).replace(/ {2}rules:\n$/, '')
    expect(service(ask(meshWith(text), 'http://shop/'))).toBe('500')
  })

  it('is ignored and reported where there is no such Service', () => {
    const parents = '[{ group: "", kind: Service, name: nobody }]'
    expect(complaintsAbout(...services(), route([to('a')], { parents }))).toEqual([
      expect.stringContaining(
        'HTTPRoute shop/route: the route is not attached there: there is no Service shop/nobody [not-attached]',
      ),
    ])
  })
})

const backends = (name: string) => `{ backendRefs: [{ name: ${name}, namespace: shop, port: 80 }] }`

const callerIn = (namespace: string) => ({ from: `deployment/${namespace}/caller` })

describe('whose callers a route is for', () => {
  const elsewhere = { parents: '[{ group: "", kind: Service, name: shop, namespace: shop }]' }

  it('everybody’s, in the Service’s namespace', () => {
    const mesh = meshWith(caller('other'), route([to('a')]))
    const decision = ask(mesh, 'http://shop.shop/', { from: 'deployment/other/caller' })
    expect(service(decision)).toBe('a')
  })

  it('its own namespace’s only, in another; and there it comes first', () => {
    const consumer = route([backends('b')], { ...elsewhere, name: 'mine', namespace: 'other' })
    const mesh = meshWith(caller('other'), caller('third'), route([to('a')]), consumer)
    expect(service(ask(mesh, 'http://shop.shop/', callerIn('other')))).toBe('b')
    expect(service(ask(mesh, 'http://shop.shop/', callerIn('third')))).toBe('a')
    expect(service(ask(mesh, 'http://shop.shop/', callerIn('shop')))).toBe('a')
  })

  it('says so of those that are passed over', () => {
    const consumer = route([backends('b')], { ...elsewhere, name: 'mine', namespace: 'other' })
    const mesh = meshWith(caller('other'), route([to('a')]), consumer)
    const reasons = (namespace: string) =>
      ask(mesh, 'http://shop.shop/', callerIn(namespace)).passed.map(({ because }) => because)
    expect(reasons('shop')).toEqual([
      'a route of namespace "other" holds for that namespace\'s callers and Services, the caller is in namespace "shop"',
    ])
    expect(reasons('other')).toEqual([
      'HTTPRoute other/mine has "shop.shop.svc.cluster.local" already, and on sidecars a Gateway API route of the ' +
        "caller's own namespace comes first",
    ])
  })

  it('may name Services of other namespaces without a grant', () => {
    const consumer = route([backends('b')], { ...elsewhere, name: 'mine', namespace: 'other' })
    const mesh = meshWith(caller('other'), consumer)
    expect(mesh.diagnostics.filter(({ code }) => code === 'bad-backend')).toEqual([])
  })
})

const mesh = (...documents: string[]) =>
  meshWith(caller('other'), subsets('shop', ['one']), ...documents)

describe('a route and a VirtualService for one Service', () => {
  const rule = virtualService(['{ route: [{ destination: { host: shop, subset: one } }] }'])
  const rules = [subsets('shop', ['one']), rule]

  it('in the caller’s namespace: the route', () => {
    expect(service(ask(meshWith(...rules, route([to('a')])), 'http://shop/'))).toBe('a')
  })

  it('from elsewhere: the older', () => {
    const old = 'creationTimestamp: 2019-01-01T00:00:00Z'
    const from = { from: 'deployment/other/caller' }
    const decide = (...documents: string[]) =>
      service(ask(mesh(...documents), 'http://shop.shop/', from))
    expect(decide(rule, route([to('a')], { metadata: old }))).toBe('a')
    expect(
      decide(rule.replace('namespace: shop }', `namespace: shop, ${old} }`), route([to('a')])),
    ).toBe('outbound|80|one|shop.shop.svc.cluster.local')
  })
})
