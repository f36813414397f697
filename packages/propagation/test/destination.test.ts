import { afterEach, describe, expect, it, vi } from 'vitest'
import { createPropagator, explain } from '../src/index.ts'
import type { Target } from '../src/index.ts'

function sends(url: string, ...targets: Target[]): boolean {
  return createPropagator({ targets }).explain(url).send
}

function byPort(url: URL): boolean {
  return url.port === '8443'
}

function throwing(): never {
  throw new Error('broken')
}

function meddling(url: URL): boolean {
  url.host = 'allowed.example.com'
  return false
}

describe('by default', () => {
  it.each([
    'http://testbbb:32000/',
    'https://testbbb',
    'ws://testbbb/socket',
    'wss://testbbb/socket',
    'http://TESTBBB',
    'http://test_bbb/',
    'http://testbbb.test-istio:32000/a?b#c',
    'http://testbbb.ns1/',
    'http://testbbb.test-istio./',
    'http://testbbb.test-istio.svc',
    'http://testbbb.prod.svc',
    'http://testbbb.test-istio.svc.cluster.local',
    'http://testbbb.test-istio.svc.cluster.local.',
    'http://0.testbbb.test-istio.svc.cluster.local',
    'http://printer.local',
    'http://localhost:3000',
    'http://LOCALHOST',
    'http://localhost.',
    'http://app.localhost',
    'http://127.0.0.1:8080',
    'http://127.255.255.254',
    'http://127.1',
    'http://2130706433',
    'http://0x7f000001',
    'http://[::1]:8080',
    'http://[0:0:0:0:0:0:0:1]',
    'http://user:secret@testbbb/',
    'http://evil.com@testbbb/',
    'http:\\\\testbbb\\',
  ])('sends to %s', (url) => {
    expect(explain(url)).toMatchObject({ send: true })
  })

  it.each([
    'http://example.com',
    'http://testbbb.dev',
    'http://ai.',
    'http://api.stripe.com',
    'https://svc.example.com',
    'http://a.b.test-istio',
    'http://xn--80ak6aa92e.com',
    'http://testbbb.xn--p1ai',
    'http://testbbb.рф',
    'http://testbbb.XN--P1AI',
    'http://10.0.0.1',
    'http://0.0.0.0',
    'http://128.0.0.1',
    'http://126.255.255.255',
    'http://169.254.169.254/latest/meta-data',
    'http://[::2]',
    'http://[fd00::1]',
    'http://[::ffff:127.0.0.1]',
    'http://..',
    'http://a..svc',
    'http://.svc',
    'data:text/plain,testbbb',
    'ftp://testbbb',
    'file:///testbbb',
    'redis://testbbb',
    'mailto:testbbb',
  ])('H14, H16 does not send to %s', (url) => {
    expect(explain(url)).toMatchObject({ send: false })
  })

  it.each([
    'http://svc@evil.com',
    'http://testbbb.test-istio.svc:80@evil.com',
    'http://evil.com#.svc',
    'http://evil.com/#@testbbb',
    'http://evil.com?.svc',
    'http://evil.com/testbbb.svc.cluster.local',
    'http://evil.com\\@testbbb.svc',
    'http://evil.com\\.svc',
    'http://localhost.evil.com',
    'http://127.0.0.1.evil.com',
    'http://svc.cluster.local.evil.com',
    'http://evilsvc.com',
    'http://evil.notsvc',
    'http://evil.com.',
    'http://evil.com:80',
    'http://evil\u3002com',
    'http://ev\til.c\nom',
    'https:evil.com',
    'http:///evil.com',
  ])('H14 is not misled by the text of %s', (url) => {
    expect(explain(url)).toMatchObject({ send: false })
  })

  it.each(['', '/relative', 'testbbb:32000/x', '//testbbb', 'http://', 'http://[', 'http://a b'])(
    'H16 does not send to what is no absolute URL: %j',
    (url) => {
      expect(explain(url).send).toBe(false)
    },
  )

  it.each([
    [undefined],
    [null],
    [5],
    [{}],
    [[]],
    [Symbol('url')],
    [{ href: 5 }],
    [() => 'http://a'],
  ])('H7 does not throw at %s', (url) => {
    expect(Reflect.apply(explain, undefined, [url])).toMatchObject({ send: false })
  })

  it('takes a URL object', () => {
    expect(explain(new URL('http://testbbb:32000')).send).toBe(true)
    expect(explain(new URL('http://example.com')).send).toBe(false)
  })
})

describe('the pod\u2019s own namespace', () => {
  afterEach(() => vi.unstubAllEnvs())

  it('H14 comes from POD_NAMESPACE when the propagator is made', () => {
    vi.stubEnv('POD_NAMESPACE', 'shop')
    const propagator = createPropagator()
    vi.stubEnv('POD_NAMESPACE', 'other')
    expect(propagator.explain('http://cart.shop').send).toBe(true)
    expect(propagator.explain('http://cart.other').send).toBe(false)
    expect(propagator.explain('http://a.cart.shop').send).toBe(false)
    expect(propagator.explain('http://shop.cart').send).toBe(false)
    expect(propagator.explain('http://cart.shop.').send).toBe(false)
  })

  it('is overridden by the option, null meaning none', () => {
    vi.stubEnv('POD_NAMESPACE', 'shop')
    expect(createPropagator({ namespace: 'dev' }).explain('http://cart.dev').send).toBe(true)
    expect(createPropagator({ namespace: 'dev' }).explain('http://cart.shop').send).toBe(false)
    expect(createPropagator({ namespace: null }).explain('http://cart.shop').send).toBe(false)
  })

  it.each(['', 'a.b', 'COM', '*'])('is ignored in POD_NAMESPACE where it is none: %j', (name) => {
    vi.stubEnv('POD_NAMESPACE', name)
    expect(createPropagator().explain('http://evil.com').send).toBe(false)
  })
})

describe('targets', () => {
  it('H14 allow an exact host, however it is written', () => {
    expect(sends('https://api.example.com/x', 'api.example.com')).toBe(true)
    expect(sends('https://API.EXAMPLE.COM.', 'Api.Example.Com')).toBe(true)
    expect(sends('https://bücher.example', 'bücher.example')).toBe(true)
    expect(sends('http://10.0.0.1', '10.0.0.1')).toBe(true)
    expect(sends('http://[fd00::1]:80', 'fd00::1')).toBe(true)
    expect(sends('http://[fd00::1]:80', '[fd00:0::1]')).toBe(true)
    for (const url of [
      'https://xapi.example.com',
      'https://a.api.example.com',
      'https://example.com',
    ]) {
      expect(sends(url, 'api.example.com')).toBe(false)
    }
  })

  it('H14 allow every host below a suffix, but not the suffix', () => {
    expect(sends('http://a.corp', '*.corp')).toBe(true)
    expect(sends('http://a.b.corp', '*.corp')).toBe(true)
    expect(sends('http://a.example.com', '*.Example.com')).toBe(true)
    for (const url of [
      'http://example.com',
      'http://notexample.com',
      'http://a.example.com.evil.org',
    ]) {
      expect(sends(url, '*.example.com')).toBe(false)
    }
  })

  it.each(['https://a.com', 'a.com/x', 'a@b.com', 'a.com:80', 'a.com?.corp', 'a.com#.corp', '*'])(
    'H14 are hosts and nothing else: %s',
    (target) => {
      expect(() => createPropagator({ targets: [target] })).toThrow('leave out scheme')
    },
  )

  it('H14 allow by RegExp on the host, not on the URL', () => {
    expect(sends('https://eu1.example.com', /^eu\d\.example\.com$/)).toBe(true)
    expect(sends('https://evil.com/?eu1.example.com', /eu\d\.example\.com/)).toBe(false)
    expect(sends('https://eu1.example.com@evil.com', /eu\d\.example\.com/)).toBe(false)
  })

  it.each(['g', 'y', 'gi'])('H15 answer the same each time with the flags %s', (flags) => {
    const target = new RegExp('api.example.com', flags)
    const propagator = createPropagator({ targets: [target] })
    for (const _ of [1, 2, 3]) {
      expect(propagator.explain('https://api.example.com').send).toBe(true)
    }
    expect(target.lastIndex).toBe(0)
  })

  it('allow by a function of the parsed URL', () => {
    expect(sends('https://example.com:8443', byPort)).toBe(true)
    expect(sends('https://example.com', byPort)).toBe(false)
  })

  it('H7 take a function that throws, or promises, as no', () => {
    expect(sends('https://example.com', throwing)).toBe(false)
    expect(sends('https://example.com', throwing, 'example.com')).toBe(true)
    const targets = [async () => true]
    const { explain: judge } = Reflect.apply(createPropagator, undefined, [{ targets }])
    expect(judge('https://example.com').send).toBe(false)
  })

  it('H5 give a function a URL of its own', () => {
    const url = new URL('https://example.com')
    const { send } = createPropagator({
      targets: [meddling, (seen) => seen.host === 'allowed.example.com'],
    }).explain(url)
    expect([send, url.host]).toEqual([false, 'example.com'])
  })
})

describe('explain', () => {
  it('names the rule that decided', () => {
    const { explain: judge } = createPropagator({
      namespace: 'shop',
      targets: ['api.example.com', '*.corp', /^eu\d/, (url) => url.port === '8443'],
    })
    const urls = [
      'http://testbbb:32000',
      'http://testbbb.test-istio:32000',
      'http://cart.shop',
      'http://a.b.svc.cluster.local',
      'http://127.0.0.1',
      'http://api.example.com',
      'http://a.corp',
      'http://eu1.example.com',
      'http://x.example.com:8443',
      'http://example.com',
      'redis://testbbb',
      '/x',
    ]
    expect(urls.map((url) => judge(url).reason)).toMatchInlineSnapshot(`
      [
        ""testbbb" is a single-label name, which no third party has",
        ""testbbb.test-istio" is name.namespace: no public top-level domain is called "test-istio"",
        ""cart.shop" is in this pod's own namespace, "shop"",
        ""a.b.svc.cluster.local" ends in ".svc.cluster.local"",
        ""127.0.0.1" is this machine",
        ""api.example.com" is allowed by \`targets[0]\`, "api.example.com"",
        ""a.corp" is allowed by \`targets[1]\`, "*.corp"",
        ""eu1.example.com" is allowed by \`targets[2]\`, /^eu\\d/",
        ""x.example.com" is allowed by \`targets[3]\`, a function",
        ""example.com" is neither in the cluster nor this machine, and no entry of \`targets\` allows it",
        ""redis:" carries no HTTP headers",
        ""/x" is not an absolute URL",
      ]
    `)
  })
})
