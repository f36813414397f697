import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { lanes, ROOT } from '../io.ts'
import { SHOP, virtualService } from '../manifests.ts'
import { complaintsOf } from '../schema.ts'
import { tree } from '../tree.ts'

const HEAD = 'apiVersion: traffic-lanes.dev/v1alpha1\nkind: RouteTest\nspec:\n'

/** A file of tests from shop/cart-main, each of them YAML in flow style. */
function testsOf(...tests: readonly string[]): string {
  const list = tests.map((test) => `    - ${test}\n`).join('')
  return `${HEAD}  from: deployment/shop/cart-main\n  tests:\n${list}`
}

const EXTRA = virtualService('stock', [
  '{ match: [{ uri: { prefix: /v1 } }], rewrite: { uri: /v2, authority: new-stock }, headers: { request: { set: { x-a: set }, remove: [x-b] } }, route: [{ destination: { host: stock } }] }',
  '{ match: [{ uri: { prefix: /old } }], redirect: { uri: /new }, headers: { response: { set: { x-c: d } } } }',
  '{ match: [{ uri: { prefix: /off } }], directResponse: { status: 418 } }',
  '{ match: [{ uri: { prefix: /split } }], route: [{ destination: { host: cart, subset: blue }, weight: 90 }, { destination: { host: cart, subset: green }, weight: 10 }] }',
])

async function run(tests: string, ...args: string[]) {
  const cwd = tree({ ...SHOP, 'extra.yaml': EXTRA, 'routes.test.yaml': tests })
  return lanes(['test', 'routes.test.yaml', '-f', '.', ...args], cwd)
}

describe('lanes test', () => {
  it('passes the tests that stand beside the manifests of this repository', async () => {
    const { code, out, err } = await lanes(['test', 'k8s'])
    expect(err).toBe('')
    expect(out).toBe('9 of 9 tests passed\n')
    expect(code).toBe(0)
  })

  it('says what differs, and which route made it so', async () => {
    const { code, out } = await run(
      testsOf(
        '{ name: good, request: { url: http://pay/, lane: red }, expect: { workload: pay-red } }',
        '{ name: bad, request: { url: http://pay/, lane: green }, expect: { workload: pay-red, subset: red } }',
      ),
    )
    expect(code).toBe(1)
    expect(out).toMatchInlineSnapshot(`
      "✗ bad  routes.test.yaml:7:7
          GET  http://pay/  project-version: green
          from deployment/shop/cart-main
          workload: expected pay-red, got pay-main
          subset: expected red, got main
          decided by VirtualService shop/pay (no name)  pay.yaml:48:5
          passed over #0 "": header "project-version" is "green", the route wants exactly "blue"  pay.yaml:46:5
          passed over #1 "": header "project-version" is "green", the route wants exactly "red"  pay.yaml:47:5

      1 of 2 tests failed
      "
    `)
  })

  it.each([
    ['{ url: http://pay/, lane: blue }', '{ workload: pay-blue, subset: blue, path: / }'],
    ['{ url: http://stock/ }', '{ status: 404 }'],
    ['{ url: http://stock/v1/a?b }', '{ path: /v2/a?b, headers: { host: new-stock } }'],
    [
      '{ url: http://stock/v1, headers: { X-A: [one, two], x-b: gone, x-d: [one, 2] } }',
      '{ headers: { x-a: set, X-B: null, x-d: "one, 2" }, workload: stock-main, subset: null }',
    ],
    [
      '{ url: http://stock/old }',
      '{ status: 301, headers: { location: http://stock/new, x-c: d, x-d: null } }',
    ],
    ['{ url: http://stock/off, method: POST }', '{ status: 418 }'],
    ['{ url: http://10.0.0.1/, host: pay.shop, lane: red }', '{ subset: red }'],
    ['{ url: http://stock/split }', '{ workload: [cart-green, cart-blue] }'],
  ])('passes %s with %s', async (request, expected) => {
    const { code, out } = await run(
      testsOf(`{ name: a, request: ${request}, expect: ${expected} }`),
    )
    expect(out).toBe('1 of 1 tests passed\n')
    expect(code).toBe(0)
  })

  it.each([
    ['{ url: http://pay/ }', '{ subset: null }', 'subset: expected none, got main'],
    [
      '{ url: http://pay/ }',
      '{ status: 200 }',
      'status: expected 200, got none of the proxy’s own',
    ],
    ['{ url: http://pay/ }', '{ path: /a }', 'path: expected /a, got /'],
    ['{ url: http://pay/ }', '{ headers: { a: b } }', 'header a: expected b, got none'],
    ['{ url: http://stock/ }', '{ workload: a }', 'got none: the proxy answers 404 NR'],
    [
      '{ url: http://stock/ }',
      '{ path: / }',
      'path: expected /, got none: the proxy answers 404 NR',
    ],
    [
      '{ url: http://stock/old }',
      '{ workload: a }',
      'got none: the proxy redirects, 301 to http://',
    ],
    ['{ url: http://stock/split }', '{ workload: cart-blue }', 'got cart-blue, cart-green'],
    ['{ url: http://stock/split }', '{ subset: blue }', 'subset: expected blue, got green'],
  ])('fails %s with %s', async (request, expected, message) => {
    const { code, out } = await run(
      testsOf(`{ name: a, request: ${request}, expect: ${expected} }`),
    )
    expect(out).toContain(message)
    expect(code).toBe(1)
  })

  it.each([
    ['{ name: a, request: { url: http://a/ } }', '6:7: the field `expect` is missing'],
    ['{ name: a, request: { url: http://a/ }, expect: {} }', '6:55: `expect` is empty'],
    [
      '{ name: a, request: { url: http://a/ }, expect: { workloads: a } }',
      '6:57: unknown field `workloads`; `expect` has workload, subset, status, headers, path; did you mean "workload"?',
    ],
    ['{ name: a, request: { url: nowhere }, expect: { status: 1 } }', '`status` must be a number'],
    [
      '{ name: a, request: { url: nowhere }, expect: { status: 404 } }',
      '6:34: "nowhere" is no http:// or https:// URL',
    ],
    [
      '{ name: a, from: pod/a/b, request: { url: http://a/ }, expect: { status: 404 } }',
      "6:24: `from: pod/a/b` is none of the manifests' proxies",
    ],
    [
      '{ name: a, request: { url: http://a/, headers: { a: } }, expect: { status: 404 } }',
      '`headers` must hold plain values',
    ],
  ])('takes %s for a mistake', async (test, message) => {
    const { code, out, err } = await run(testsOf(test))
    expect(err).toContain(message)
    expect(err).toMatch(/^lanes: routes\.test\.yaml:6:\d+: /)
    expect(out).toBe('')
    expect(code).toBe(2)
  })

  it.each([
    ['', 'routes.test.yaml: there are no tests in this file'],
    [`${HEAD}  tests: []\n`, 'routes.test.yaml:4:3: `tests` must hold at least one test'],
    [
      `${HEAD}  tests: [{ name: a, request: { url: http://a/ }, expect: { status: 404 } }]\n`,
      'say who calls by `from`',
    ],
    ['kind: Service\n', 'routes.test.yaml:1:1: the field `apiVersion` is missing'],
    ['{', 'routes.test.yaml:1:2: not valid YAML'],
    [
      testsOf(
        '{ name: a, request: { url: http://a/ }, expect: { status: 404 } }',
        '{ name: a, request: { url: http://b/ }, expect: { status: 404 } }',
      ),
      'routes.test.yaml:7:7: the name "a" stands for another test too',
    ],
  ])('takes the file %j for a mistake', async (file, message) => {
    const { code, err } = await run(file)
    expect(err).toContain(message)
    expect(code).toBe(2)
  })

  it.each([
    [['test'], 'say which tests'],
    [['test', 'nowhere'], 'there is no file or folder nowhere'],
    [['test', 'k8s/base'], 'k8s/base: there is no *.test.yaml in this folder'],
    [['test', 'k8s', '--json', '--junit', '-'], '--json and --junit - both want standard output'],
    [['test', 'k8s', '--init', '--json'], "cannot be used with option '--json'"],
    [['test', 'k8s', '--junit', 'nowhere/a.xml'], '--junit nowhere/a.xml: cannot be written'],
    [['test', '--init', 'a', 'b'], '--init writes one file'],
  ])('%j is exit code 2', async (args, message) => {
    const { code, err } = await lanes(args)
    expect(err).toContain(message)
    expect(code).toBe(2)
  })
})

describe('lanes test, for programs', () => {
  const TESTS = testsOf(
    '{ name: good, request: { url: http://pay/ }, expect: { subset: main } }',
    String.raw`{ name: "<b&d>\a", request: { url: http://pay/ }, expect: { subset: '"' } }`,
  )

  it('writes JUnit with every special character escaped', async () => {
    const { code, out } = await run(TESTS, '--junit', '-')
    expect(code).toBe(1)
    expect(out).toMatchInlineSnapshot(`
      "<?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="lanes test" tests="2" failures="1" errors="0" skipped="0">
        <testsuite name="routes.test.yaml" tests="2" failures="1" errors="0" skipped="0">
          <testcase name="good" classname="routes.test.yaml" file="routes.test.yaml"/>
          <testcase name="&lt;b&amp;d&gt;�" classname="routes.test.yaml" file="routes.test.yaml">
            <failure message="subset: expected &quot;, got main">routes.test.yaml:7:7
          GET  http://pay/
          from deployment/shop/cart-main
          subset: expected &quot;, got main
          decided by VirtualService shop/pay (no name)  pay.yaml:48:5
          passed over #0 &quot;&quot;: header &quot;project-version&quot; is absent, the route wants exactly &quot;blue&quot;  pay.yaml:46:5
          passed over #1 &quot;&quot;: header &quot;project-version&quot; is absent, the route wants exactly &quot;red&quot;  pay.yaml:47:5
      </failure>
          </testcase>
        </testsuite>
      </testsuites>
      "
    `)
  })

  it('writes a JUnit file beside what it prints', async () => {
    const cwd = tree({ ...SHOP, 'routes.test.yaml': TESTS })
    const { out } = await lanes(
      ['test', 'routes.test.yaml', '-f', '.', '--junit', 'report.xml'],
      cwd,
    )
    expect(out).toContain('1 of 2 tests failed')
    expect(readFileSync(join(cwd, 'report.xml'), 'utf8')).toContain('<testsuites')
  })

  it('prints JSON with the answer that `lanes explain` gives', async () => {
    const { code, out } = await run(TESTS, '--json')
    expect(code).toBe(1)
    const results: unknown = JSON.parse(out)
    expect(results).toMatchObject({
      schemaVersion: 1,
      passed: 1,
      failed: 1,
      tests: [
        { name: 'good', passed: true, differences: [], position: 'routes.test.yaml:6:7' },
        {
          passed: false,
          from: 'deployment/shop/cart-main',
          differences: [{ field: 'subset', expected: '"', actual: 'main' }],
          answer: { outcome: { kind: 'forward', subset: 'main' } },
        },
      ],
    })
  })
})

describe('lanes test --init', () => {
  it('writes tests that pass, and never over a file', async () => {
    const cwd = tree({ ...SHOP, 'extra.yaml': EXTRA })
    const first = await lanes(['test', '--init', '-f', '.'], cwd)
    expect(first.err).toBe('')
    expect(first.code).toBe(0)
    const text = readFileSync(join(cwd, 'routes.test.yaml'), 'utf8')
    expect(text).toMatchInlineSnapshot(`
      "apiVersion: traffic-lanes.dev/v1alpha1
      kind: RouteTest
      spec:
        from: deployment/shop/cart-main
        tests:
          - name: cart.shop:80
            request:
              url: http://cart.shop:80/
            expect:
              workload: cart-main
          - name: cart.shop:80 in lane blue
            request:
              url: http://cart.shop:80/
              lane: blue
            expect:
              workload: cart-blue
          - name: cart.shop:80 in lane green
            request:
              url: http://cart.shop:80/
              lane: green
            expect:
              workload: cart-green
          - name: cart.shop:80 in lane main
            request:
              url: http://cart.shop:80/
              lane: main
            expect:
              workload: cart-main
          - name: cart.shop:80 in lane red
            request:
              url: http://cart.shop:80/
              lane: red
            expect:
              workload: cart-main
          - name: pay.shop:80
            request:
              url: http://pay.shop:80/
            expect:
              workload: pay-main
          - name: pay.shop:80 in lane blue
            request:
              url: http://pay.shop:80/
              lane: blue
            expect:
              workload: pay-blue
          - name: pay.shop:80 in lane green
            request:
              url: http://pay.shop:80/
              lane: green
            expect:
              workload: pay-main
          - name: pay.shop:80 in lane main
            request:
              url: http://pay.shop:80/
              lane: main
            expect:
              workload: pay-main
          - name: pay.shop:80 in lane red
            request:
              url: http://pay.shop:80/
              lane: red
            expect:
              workload: pay-red
          - name: stock.shop:80
            request:
              url: http://stock.shop:80/
            expect:
              status: 404
          - name: stock.shop:80 /v1
            request:
              url: http://stock.shop:80/v1
            expect:
              workload: stock-main
          - name: stock.shop:80 /old
            request:
              url: http://stock.shop:80/old
            expect:
              status: 301
          - name: stock.shop:80 /off
            request:
              url: http://stock.shop:80/off
            expect:
              status: 418
          - name: cart.example.com:80
            request:
              url: http://cart.example.com:80/
            expect:
              workload: cart-main
          - name: cart.example.com:80 in lane blue
            request:
              url: http://cart.example.com:80/
              lane: blue
            expect:
              workload: cart-blue
          - name: cart.example.com:80 in lane green
            request:
              url: http://cart.example.com:80/
              lane: green
            expect:
              workload: cart-green
          - name: cart.example.com:80 in lane main
            request:
              url: http://cart.example.com:80/
              lane: main
            expect:
              workload: cart-main
          - name: cart.example.com:80 in lane red
            request:
              url: http://cart.example.com:80/
              lane: red
            expect:
              workload: cart-main
      ---
      apiVersion: traffic-lanes.dev/v1alpha1
      kind: RouteTest
      spec:
        from: gateway/shop/door
        tests:
          - name: cart.example.com:80
            request:
              url: http://cart.example.com:80/
            expect:
              workload: cart-main
          - name: cart.example.com:80 in lane blue
            request:
              url: http://cart.example.com:80/
              lane: blue
            expect:
              workload: cart-blue
          - name: cart.example.com:80 in lane green
            request:
              url: http://cart.example.com:80/
              lane: green
            expect:
              workload: cart-green
          - name: cart.example.com:80 in lane main
            request:
              url: http://cart.example.com:80/
              lane: main
            expect:
              workload: cart-main
          - name: cart.example.com:80 in lane red
            request:
              url: http://cart.example.com:80/
              lane: red
            expect:
              workload: cart-main
      "
    `)

    const again = await lanes(['test', '--init', '-f', '.'], cwd)
    expect(again.code).toBe(2)
    expect(again.err).toContain('routes.test.yaml is there already, and is left as it is')

    const { code, out } = await lanes(['test', 'routes.test.yaml', '-f', '.'], cwd)
    expect(out).toMatch(/^(\d+) of \1 tests passed\n$/)
    expect(code).toBe(0)
  })
})

describe('the published schema of tests', () => {
  it.each(['k8s/routes.test.yaml'])('agrees with %s', (file) => {
    const documents = parseAllDocuments(readFileSync(join(ROOT, file), 'utf8'))
    expect(documents.length).toBeGreaterThan(0)
    for (const document of documents)
      expect(complaintsOf('route-test-v1alpha1.json', document.toJS())).toEqual([])
  })

  it.each(['expect: {}', 'expect: { workloads: a }', 'expects: { status: 404 }'])(
    'refuses %s',
    (expected) => {
      const [document] = parseAllDocuments(
        testsOf(`{ name: a, request: { url: http://a/ }, ${expected} }`),
      )
      expect(complaintsOf('route-test-v1alpha1.json', document?.toJS())).not.toEqual([])
    },
  )
})
