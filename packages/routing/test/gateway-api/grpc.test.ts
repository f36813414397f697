import { describe, expect, it } from 'vitest'
import { ask } from '../world.ts'
import { meshWith, route, service, to } from './world.ts'

const kind = 'GRPCRoute'

describe('a GRPCRoute', () => {
  it.each([
    ['{ method: { service: shop.Cart, method: Add } }', '/shop.Cart/Add', '/shop.Cart/Remove'],
    ['{ method: { service: shop.Cart } }', '/shop.Cart/Add', '/shop.CartX/Add'],
    ['{ method: { method: Add } }', '/any.Service/Add', '/any.Service/AddMore'],
    [
      '{ method: { type: RegularExpression, service: "shop.*", method: "A.*" } }',
      '/shop.Cart/Add',
      '/cart/Add',
    ],
    ['{ method: { type: RegularExpression, service: "shop.*" } }', '/shop.Cart/Add', '/cart/Add'],
    ['{ headers: [{ name: x, value: v }], method: { service: s } }', '/s/Add', '/t/Add'],
  ])('%s matches %s and not %s', (match, path, other) => {
    const mesh = meshWith(route([to('a', match)], { kind }))
    const decide = (one: string) =>
      service(ask(mesh, `http://shop${one}`, { method: 'POST', headers: [['x', 'v']] }))
    expect(decide(path)).toBe('a')
    expect(decide(other)).toBe('404 NR')
  })

  it('without a match takes every call', () => {
    expect(service(ask(meshWith(route([to('a')], { kind })), 'http://shop/s/m'))).toBe('a')
  })

  it('and an HTTPRoute for one Service are put in one order', () => {
    const mesh = meshWith(
      route([to('a', '{ method: { service: s, method: m } }')], { kind, name: 'calls' }),
      route([to('b', '{ path: { value: /s } }')], { name: 'requests' }),
    )
    expect(service(ask(mesh, 'http://shop/s/m'))).toBe('a')
    expect(service(ask(mesh, 'http://shop/s/n'))).toBe('b')
  })
})
