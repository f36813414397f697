import { describe, expect, it } from 'vitest'
import { createPropagator } from '../src/index.ts'
import type { PropagatorOptions } from '../src/index.ts'
import { registerInterceptor } from '../src/axios.ts'
import { wrapFetch } from '../src/fetch.ts'
import { laneMiddleware } from '../src/koa.ts'

/** Calls with what the types forbid, as plain JavaScript can. */
function call(fn: (...args: never[]) => unknown, ...args: readonly unknown[]): unknown {
  return Reflect.apply(fn, undefined, args)
}

describe('createPropagator', () => {
  it.each<[PropagatorOptions]>([
    [{}],
    [{ header: 'X-Lane' }],
    [{ pattern: /^[a-z]+$/u }],
    [{ targets: ['example.com', '*.corp', /x/, () => true] }],
    [{ namespace: 'shop' }],
    [{ namespace: null }],
  ])('takes %o', (options) => {
    expect(createPropagator(options).header).toBe(
      (options.header ?? 'project-version').toLowerCase(),
    )
  })

  it.each<[unknown, string]>([
    [null, 'Expected options to be an object, got null'],
    [5, 'Expected options to be an object, got a value of type number'],
    [
      { target: [] },
      'Unknown option `target`: expected `header`, `pattern`, `targets`, `namespace`, `defaultLane`, `aliases`, `hops`, `trust`, `lanes`, `baggage`',
    ],
    [
      { header: 5 },
      'Expected `header` to be the name of an HTTP header, got a value of type number',
    ],
    [{ header: '' }, 'Expected `header` to be the name of an HTTP header, got ""'],
    [{ header: 'a b' }, 'Expected `header` to be the name of an HTTP header, got "a b"'],
    [{ header: 'a\r\nb' }, 'Expected `header` to be the name of an HTTP header, got "a\\r\\nb"'],
    [{ header: 'Host' }, 'Expected `header` to be free for own use, got "Host"'],
    [{ header: 'Authorization' }, 'Expected `header` to be free for own use, got "Authorization"'],
    [{ header: 'lanes-trail' }, 'Expected `header` to be free for own use, got "lanes-trail"'],
    [{ header: '__proto__' }, 'Expected `header` to be free for own use, got "__proto__"'],
    [{ pattern: 'a' }, 'Expected `pattern` to be a RegExp, got "a"'],
    [{ targets: 'a' }, 'Expected `targets` to be an array, got "a"'],
    [
      { targets: ['a', 5] },
      'Expected `targets[1]` to be a host, a "*.suffix" glob, a RegExp or a function, got a value of type number',
    ],
    ...[
      '',
      'http://a.com',
      'a.com:80',
      'a.com/x',
      'a@b',
      '*',
      '*.',
      '*a.com',
      'a.*',
      'a b',
      'a?',
      '[::1',
      '1::2::3',
    ].map((target): [unknown, string] => [
      { targets: [target] },
      `Expected \`targets[0]\` to be a host such as "api.example.com" or a glob such as "*.example.com", got "${target}" (leave out scheme, port and path)`,
    ]),
    [
      { namespace: 'a.b' },
      'Expected `namespace` to be the name of a Kubernetes namespace or null, got "a.b"',
    ],
  ])('refuses %o', (options, message) => {
    expect(() => call(createPropagator, options)).toThrow(new TypeError(message))
  })
})

describe('the integrations', () => {
  it('refuse a propagator that is none', () => {
    const message =
      'Expected `propagator` to be made by createPropagator(), got a value of type object'
    const options = { propagator: {} }
    expect(() => call(laneMiddleware, options)).toThrow(message)
    expect(() => call(wrapFetch, fetch, options)).toThrow(message)
    expect(() => call(registerInterceptor, {}, options)).toThrow(message)
  })

  it('refuse what they cannot be installed on', () => {
    expect(() => call(wrapFetch, undefined)).toThrow(
      'Expected `fetch` to be a function, got undefined',
    )
    expect(() => call(registerInterceptor, undefined)).toThrow(
      'Expected `axios` to be axios or an instance of it, got undefined',
    )
    expect(() => call(registerInterceptor, {})).toThrow(
      'Expected `axios` to be axios or an instance of it, got a value of type object',
    )
  })
})
