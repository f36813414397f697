import { describe, expect, it } from 'vitest'
import type { Decision, Header, HeaderOperations } from '../src/index.ts'
import { ask, shop } from './world.ts'

interface Blocks {
  readonly route?: string
  readonly destination?: string
  /** Whether there is a second destination. */
  readonly split?: boolean
}

function decisionWith({ route = '{}', destination = '{}', split = false }: Blocks): Decision {
  const more = split ? ', { destination: { host: shop, subset: b }, weight: 1 }' : ''
  const mesh = shop([
    `{ headers: ${route}, route: [{ destination: { host: shop, subset: a }, weight: 1, headers: ${destination} }${more}] }`,
  ])
  return ask(mesh, 'http://shop/', { random: () => 0 })
}

/** Applies operations as a data plane does. */
function apply({ set, add, remove }: HeaderOperations, headers: readonly Header[]): string[] {
  const gone = new Set([...remove, ...set.map(([name]) => name)].map((name) => name.toLowerCase()))
  const kept = headers.filter(([name]) => !gone.has(name.toLowerCase()))
  return [...kept, ...set, ...add].map(([name, value]) => `${name}: ${value}`)
}

describe('header operations', () => {
  it('set, add and remove, on the way there and back', () => {
    const { requestHeaders, responseHeaders } = decisionWith({
      route:
        '{ request: { set: { b: "1", a: "2" }, add: { c: "3" }, remove: [d] }, response: { set: { e: "4" }, add: { f: "5" }, remove: [g, h] } }',
    })
    expect(requestHeaders).toEqual({
      set: [
        ['a', '2'],
        ['b', '1'],
      ],
      add: [['c', '3']],
      remove: ['d'],
    })
    expect(responseHeaders).toEqual({ set: [['e', '4']], add: [['f', '5']], remove: ['g', 'h'] })
  })

  it('are none where the rule has none', () => {
    const { requestHeaders, responseHeaders } = decisionWith({})
    expect(requestHeaders).toEqual({ set: [], add: [], remove: [] })
    expect(responseHeaders).toEqual({ set: [], add: [], remove: [] })
  })

  it('of the only destination come with the route’s: what it sets wins', () => {
    const { requestHeaders } = decisionWith({
      route: '{ request: { set: { x: route, only: route }, add: { z: route }, remove: [q] } }',
      destination:
        '{ request: { set: { X: destination }, add: { z: destination }, remove: [only] } }',
    })
    expect(
      apply(requestHeaders, [
        ['q', 'sent'],
        ['x', 'sent'],
      ]),
    ).toEqual([
      // Both removals come before both sets.
      'only: route',
      'X: destination',
      'z: route',
      'z: destination',
    ])
  })

  it('of a destination among several come before the route’s: what the route says wins', () => {
    const { requestHeaders } = decisionWith({
      split: true,
      route: '{ request: { set: { x: route }, add: { z: route }, remove: [gone, also] } }',
      destination:
        '{ request: { set: { X: destination, gone: destination, stays: destination }, add: { also: destination, z: destination } } }',
    })
    expect(
      apply(requestHeaders, [
        ['x', 'sent'],
        ['gone', 'sent'],
        ['z', 'sent'],
      ]),
    ).toEqual(['z: sent', 'stays: destination', 'x: route', 'z: destination', 'z: route'])
  })

  it('are those of the destination that was drawn', () => {
    const { responseHeaders } = decisionWith({
      split: true,
      destination: '{ response: { set: { served-by: a } } }',
    })
    expect(responseHeaders.set).toEqual([['served-by', 'a']])
  })

  it('cannot touch Envoy’s own headers', () => {
    const { requestHeaders } = decisionWith({
      route: '{ request: { set: { ":path": /x }, remove: [":method", Host] } }',
    })
    expect(requestHeaders).toEqual({ set: [], add: [], remove: [] })
  })

  it('write a doubled percent sign once', () => {
    const { requestHeaders } = decisionWith({ route: '{ request: { set: { x: "100%%" } } }' })
    expect(requestHeaders.set).toEqual([['x', '100%']])
  })

  it('of the response come with redirects and direct responses too', () => {
    const headers = 'headers: { request: { set: { a: b } }, response: { set: { x: y1 } } }'
    for (const action of ['redirect: { uri: /x }', 'directResponse: { status: 200 }']) {
      const decision = ask(shop([`{ ${headers}, ${action} }`]), 'http://shop/')
      expect(decision.responseHeaders.set).toEqual([['x', 'y1']])
      expect(decision.requestHeaders.set).toEqual([])
    }
  })
})

describe('Host', () => {
  it.each([
    ['set', '{ request: { set: { Host: new.example.com } } }'],
    ['set by its other name', '{ request: { set: { ":authority": new.example.com } } }'],
    ['added', '{ request: { add: { host: new.example.com } } }'],
  ])('%s is rewritten', (_name, route) => {
    const { rewrite, requestHeaders } = decisionWith({ route })
    expect(rewrite).toEqual({ path: null, authority: 'new.example.com' })
    expect(requestHeaders).toEqual({ set: [], add: [], remove: [] })
  })

  it.each([false, true])('is the route’s before the destination’s (split: %s)', (split) => {
    const destination = '{ request: { set: { host: destination } } }'
    const route = '{ request: { set: { host: route } } }'
    expect(decisionWith({ split, destination }).rewrite.authority).toBe('destination')
    expect(decisionWith({ split, destination, route }).rewrite.authority).toBe('route')
  })
})
