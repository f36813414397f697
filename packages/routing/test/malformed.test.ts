import { describe, expect, it } from 'vitest'
import { ask, complaintsAbout, otherwise, shop, subset, virtualService, when } from './world.ts'

describe('a value of the wrong type', () => {
  it.each([
    ['{ hosts: { a: b }, http: [] }', '5:16', 'spec.hosts must be a list, got an object'],
    ['{ hosts: [shop], http: {} }', '5:30', 'spec.http must be a list, got an object'],
    ['{ hosts: [shop], http: [x] }', '5:31', 'spec.http[0] must be an object, got "x"'],
    [
      '{ hosts: [1], http: [] }',
      '5:17',
      'spec.hosts[0] must be a string, got the number 1 (quote it if it is meant as text)',
    ],
    [
      '{ hosts: [shop], http: [{ route: [{ destination: { host: shop, port: { number: abc } } }] }] }',
      '5:86',
      'spec.http[0].route[0].destination.port.number must be a whole number from 1 to 65535, got "abc"',
    ],
    [
      '{ hosts: [shop], http: [{ route: [{ destination: { host: shop } }], timeout: 10 }] }',
      '5:84',
      'spec.http[0].timeout must be a string, got the number 10 (quote it if it is meant as text)',
    ],
  ])('in spec: %s is named with its place', (spec, place, message) => {
    expect(
      complaintsAbout(
        `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata:\n  { name: x, namespace: shop }\nspec: ${spec}`,
      ),
    ).toEqual([`mesh.yaml:${place}: error: VirtualService shop/x: ${message} [wrong-type]`])
  })

  it('takes its object along, which no API server lets in', () => {
    const mesh = shop([when('{ headers: { x: { exact: [1] } } }', 'a'), otherwise('b')])
    expect(mesh.diagnostics).toHaveLength(1)
    expect(ask(mesh, 'http://shop/').route?.name).toBe('default')
  })
})

describe('a value that Istio refuses', () => {
  it.each([
    ['{ route: [] }', 'spec.http[0].route is missing: a rule needs one of'],
    [
      '{ route: [{ destination: { host: a }, weight: 0 }, { destination: { host: b } }] }',
      'spec.http[0].route has no weight',
    ],
    [
      '{ timeout: soon, route: [{ destination: { host: a } }] }',
      'spec.http[0].timeout must be a duration like "10s", "250ms" or "1m30s", got "soon"',
    ],
    [
      '{ redirect: { redirectCode: 418 } }',
      'redirectCode must be 301, 302, 303, 307 or 308, got 418',
    ],
    [
      '{ redirect: { derivePort: X } }',
      'derivePort must be FROM_PROTOCOL_DEFAULT or FROM_REQUEST_PORT',
    ],
    ['{ directResponse: {} }', 'spec.http[0].directResponse.status is missing'],
    ['{ route: [{ destination: {} }] }', 'spec.http[0].route[0].destination.host is missing'],
  ])('is named: %s', (http, message) => {
    const said = complaintsAbout(virtualService([http]))
    expect(said).toHaveLength(1)
    expect(said[0]).toContain(message)
  })

  it('may be a date', () => {
    const text = virtualService([otherwise('a')], { metadata: 'creationTimestamp: yesterday' })
    expect(complaintsAbout(text)).toEqual([
      'mesh.yaml:4:61: error: VirtualService shop/rule: metadata.creationTimestamp "yesterday" is not a ' +
        'date like "2026-01-31T12:00:00Z" [bad-value]',
    ])
  })
})

describe('null', () => {
  it('counts as absent, as Kubernetes takes it', () => {
    const rule =
      '{ match: ~, timeout: null, retries: null, fault: null, headers: null, rewrite: null, redirect: null, route: [{ weight: null, destination: { host: shop, subset: a, port: null } }] }'
    const mesh = shop([rule], { spec: 'gateways: null\n  exportTo: null' })
    expect(mesh.diagnostics).toEqual([])
    expect(subset(ask(mesh, 'http://shop/'))).toBe('a')
  })
})

describe('two resources of one name', () => {
  it('are reported, and the later counts', () => {
    const mesh = shop([otherwise('a')])
    expect(mesh.diagnostics).toEqual([])
    const first = virtualService([otherwise('a')])
    const second = virtualService([otherwise('b')]).replace('/v1', '/v1beta1')
    expect(complaintsAbout(first, second)).toEqual([
      'mesh.yaml:2:1: warning: VirtualService shop/rule is written twice; the one at mesh.yaml:11 counts, ' +
        'remove the other [duplicate-resource]',
    ])
  })
})
