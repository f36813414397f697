import { describe, expect, it } from 'vitest'
import { lanes } from '../io.ts'
import { complaintsOf } from '../schema.ts'
import { tree } from '../tree.ts'

const FROM = ['explain', '--from', 'deployment/test-istio/testaaa-release']
const TESTBBB = 'http://testbbb.test-istio:32000/'

/** A mesh with something of everything that an answer can hold. */
const SHOP = `
apiVersion: v1
kind: Service
metadata: { name: shop, namespace: a }
spec: { selector: { app: shop }, ports: [{ port: 80, name: http }, { port: 9000, name: tcp-raw }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: shop, namespace: a }
spec: { template: { metadata: { labels: { app: shop, version: one } } } }
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: shop, namespace: a }
spec: { host: shop, subsets: [{ name: one, labels: { version: one } }] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: shop, namespace: a }
spec:
  hosts: [shop]
  http:
  - match: [{ uri: { exact: /old } }]
    redirect: { uri: /new, redirectCode: 302 }
  - match: [{ uri: { exact: /teapot } }]
    directResponse: { status: 418, body: { string: tea } }
  - match: [{ uri: { exact: /plain } }]
    route: [{ destination: { host: shop } }]
  - match: [{ uri: { exact: /gone } }]
    route: [{ destination: { host: shop, subset: two } }]
  - match: [{ uri: { prefix: /api }, sourceLabels: { app: nobody } }]
    route: [{ destination: { host: shop } }]
  - match: [{ uri: { prefix: /api } }]
    route: [{ destination: { host: shop, subset: one } }]
    rewrite: { uri: /v2, authority: other }
    timeout: 5s
    retries: { attempts: 3, perTryTimeout: 2s, retryOn: 'reset,503' }
    headers: { request: { set: { a: b }, remove: [c] }, response: { add: { d: e } } }
    fault: { delay: { fixedDelay: 1s, percentage: { value: 5 } } }
`

const ask = async (url: string, ...args: string[]): Promise<unknown> => {
  const cwd = tree({ 'shop.yaml': SHOP })
  const from = ['--from', 'deployment/a/shop']
  const { code, out, err } = await lanes(
    [
      'explain',
      '-f',
      'shop.yaml',
      '--json',
      url,
      ...args,
      ...(args.includes('--from') ? [] : from),
    ],
    cwd,
  )
  expect(err).toBe('')
  expect(code).toBe(0)
  return JSON.parse(out)
}

describe('lanes explain --json', () => {
  it('prints every field, absent things as null', async () => {
    const { out } = await lanes([...FROM, TESTBBB, '--lane', 'release-v3', '--json'])
    expect(out).toMatchInlineSnapshot(`
      "{
        "schemaVersion": 1,
        "request": {
          "method": "GET",
          "url": "http://testbbb.test-istio:32000/",
          "host": "testbbb.test-istio:32000",
          "path": "/",
          "headers": [
            [
              "project-version",
              "release-v3"
            ]
          ],
          "http": "1.1"
        },
        "proxy": {
          "kind": "sidecar",
          "workload": "testaaa-release",
          "namespace": "test-istio",
          "labels": {
            "app": "testaaa",
            "version": "release"
          }
        },
        "listener": "0.0.0.0_32000",
        "routeConfig": "32000",
        "virtualHost": "testbbb.test-istio.svc.cluster.local:32000",
        "route": {
          "index": 1,
          "name": "release-v3",
          "resource": "VirtualService test-istio/testbbb",
          "file": "k8s/istio/testbbb-virtual-service.yaml",
          "line": 24
        },
        "passed": [
          {
            "index": 0,
            "name": "release-v1",
            "resource": "VirtualService test-istio/testbbb",
            "file": "k8s/istio/testbbb-virtual-service.yaml",
            "line": 13,
            "code": "header",
            "because": "header \\"project-version\\" is \\"release-v3\\", the route wants exactly \\"release-v1\\""
          }
        ],
        "outcome": {
          "kind": "forward",
          "cluster": "outbound|32000|release-v3|testbbb.test-istio.svc.cluster.local",
          "subset": "release-v3",
          "endpoints": [
            {
              "address": null,
              "port": 32000,
              "workload": "testbbb-release-v3",
              "namespace": "test-istio"
            }
          ],
          "weights": [
            {
              "cluster": "outbound|32000|release-v3|testbbb.test-istio.svc.cluster.local",
              "weight": 100
            }
          ],
          "status": null,
          "body": null,
          "flags": [],
          "detail": null,
          "location": null
        },
        "rewrite": null,
        "requestHeaders": {
          "set": [],
          "add": [],
          "remove": []
        },
        "responseHeaders": {
          "set": [],
          "add": [],
          "remove": []
        },
        "timeout": 0,
        "retries": {
          "attempts": 2,
          "perTryTimeout": null,
          "on": [
            "connect-failure",
            "refused-stream",
            "unavailable",
            "cancelled",
            "retriable-status-codes"
          ],
          "statuses": []
        },
        "mirrors": [],
        "fault": null,
        "destinationRule": {
          "resource": "DestinationRule test-istio/testbbb",
          "file": "k8s/istio/testbbb-destination-rule.yaml",
          "line": 27
        },
        "warnings": []
      }
      "
    `)
  })

  it('says what a route changes, in milliseconds and in pairs', async () => {
    const answer = await ask('http://shop/api/x?y', '-X', 'POST', '--http', '2')
    expect(answer).toMatchObject({
      request: { method: 'POST', host: 'shop', path: '/api/x?y', http: '2' },
      rewrite: { path: '/v2/x?y', host: 'other' },
      requestHeaders: { set: [['a', 'b']], add: [], remove: ['c'] },
      responseHeaders: { set: [], add: [['d', 'e']], remove: [] },
      timeout: 5000,
      retries: {
        attempts: 3,
        perTryTimeout: 2000,
        on: expect.arrayContaining(['reset']),
        statuses: [503],
      },
      fault: { delay: { ms: 1000, percent: 5 }, abort: null },
      passed: [
        { index: 0, code: 'uri' },
        { index: 1, code: 'uri' },
        { index: 2, code: 'uri' },
        { index: 3, code: 'uri' },
        { index: null, code: 'source-labels' },
      ],
    })
  })

  it.each([
    ['http://shop/old', [], { kind: 'redirect', status: 302, location: 'http://shop/new' }],
    ['http://shop/teapot', [], { kind: 'respond', status: 418, body: 'tea', flags: [] }],
    ['http://shop/gone', [], { kind: 'respond', status: 503, flags: ['NC'], subset: 'two' }],
    ['http://shop/none', [], { kind: 'respond', status: 404, flags: ['NR'] }],
    ['http://shop:9000/', [], { kind: 'tcp', cluster: 'outbound|9000||shop.a.svc.cluster.local' }],
    ['http://elsewhere:81/', [], { kind: 'passthrough', cluster: 'PassthroughCluster' }],
    ['http://localhost/', [], { kind: 'no-listener', cluster: null }],
    ['http://shop.a/', ['--from', 'outside'], { kind: 'passthrough', cluster: null }],
    ['http://shop.a:7/', ['--from', 'outside'], { kind: 'no-listener', endpoints: [] }],
    ['http://shop/', ['--from', 'outside'], { kind: 'no-listener', endpoints: [] }],
  ])('answers %s %j as the published schema says', async (url, args, outcome) => {
    const answer = await ask(url, ...args)
    expect(answer).toMatchObject({ outcome })
    expect(complaintsOf('explain-v1.json', answer)).toEqual([])
  })

  it('tells by its schema where a field is missing', () => {
    expect(complaintsOf('explain-v1.json', { error: { message: 'no', line: 1 } })).toEqual([])
    expect(complaintsOf('explain-v1.json', { error: { message: 'no' } })).not.toEqual([])
  })
})

describe('--mesh-config', () => {
  const policy = 'defaultHttpRetryPolicy: { attempts: 7 }'
  const configMap = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: istio, namespace: istio-system }\ndata: { mesh: "${policy}" }\n`

  it.each([
    ['the bare text', ['--mesh-config', 'bare.yaml']],
    ['the ConfigMap', ['--mesh-config', 'map.yaml']],
    ['the ConfigMap among the manifests', ['-f', 'map.yaml']],
  ])('takes %s', async (_name, args) => {
    const cwd = tree({ 'shop.yaml': SHOP, 'bare.yaml': policy, 'map.yaml': configMap })
    const asked = ['explain', '-f', 'shop.yaml', '--from', 'deployment/a/shop', 'http://shop/plain']
    expect((await lanes(asked, cwd)).out).toContain('retries           2 on')
    expect((await lanes([...asked, ...args], cwd)).out).toContain('retries           7 on')
  })
})
