import { describe, expect, it } from 'vitest'
import { parseConfig } from '../src/config.ts'

const HEAD = 'apiVersion: traffic-lanes.dev/v1alpha1\nkind: LocalMesh\nspec:\n'

describe('a lanes.yaml', () => {
  it('says how workloads start and which ports stand for a gateway', () => {
    const config = parseConfig(
      `${HEAD}  workloads:
    - app: testaaa
      cwd: services/testaaa
      command: [node, dist/server.js]
      env: { LOG: debug, RETRIES: 3 }
  gateways:
    - gateway: test-istio/gateway
      listen: { 80: 31380 }
`,
      'lanes.yaml',
    )
    expect(config).toEqual({
      file: 'lanes.yaml',
      workloads: [
        {
          app: 'testaaa',
          cwd: 'services/testaaa',
          command: ['node', 'dist/server.js'],
          env: { LOG: 'debug', RETRIES: '3' },
          position: 'lanes.yaml:5:7',
        },
      ],
      gateways: [
        {
          gateway: 'test-istio/gateway',
          listen: [{ port: 80, local: 31380, position: 'lanes.yaml:11:17' }],
          position: 'lanes.yaml:10:7',
        },
      ],
      demo: null,
    })
  })

  it('holds the requests of the demo', () => {
    const { demo } = parseConfig(
      `${HEAD}  demo:
    url: http://127.0.0.1:31380/
    requests:
      - served: [a@release]
      - lane: v1
        served: [a@v1, b@release]
`,
      'lanes.yaml',
    )
    expect(demo?.requests.map(({ lane, served }) => [lane, served])).toEqual([
      [null, [{ app: 'a', version: 'release' }]],
      [
        'v1',
        [
          { app: 'a', version: 'v1' },
          { app: 'b', version: 'release' },
        ],
      ],
    ])
  })

  it.each([
    ['spec: [', /^lanes\.yaml:1:8: not valid YAML/],
    ['', 'lanes.yaml:1:1: lanes.yaml must be a mapping'],
    ['kind: LocalMesh', 'lanes.yaml:1:1: the field `apiVersion` is missing'],
    [HEAD.replace('LocalMesh', 'Mesh'), 'lanes.yaml:2:7: `kind` must be "LocalMesh", not "Mesh"'],
    [
      `${HEAD}  workload: []`,
      'lanes.yaml:4:3: unknown field `workload`; spec has workloads, gateways, demo',
    ],
    [`${HEAD}  workloads: {}`, 'lanes.yaml:4:14: `workloads` must be a list'],
    [`${HEAD}  workloads:\n    - app: a`, 'lanes.yaml:5:7: `command` must name a program'],
    [`${HEAD}  workloads:\n    - { app: 1, command: [a] }`, 'lanes.yaml:5:14: `app` must be text'],
    [
      `${HEAD}  gateways:\n    - { gateway: edge, listen: { 80: 80 } }`,
      'lanes.yaml:5:18: `gateway` must be NAMESPACE/NAME, not "edge"',
    ],
    [
      `${HEAD}  gateways:\n    - { gateway: a/b, listen: { 80: 65536 } }`,
      'lanes.yaml:5:37: `listen` must map ports from 0 to 65535',
    ],
    [
      `${HEAD}  demo: { url: https://x/, requests: [] }`,
      'lanes.yaml:4:16: `url` must be an http:// URL, not "https://x/"',
    ],
    [
      `${HEAD}  demo: { url: 'http://x/', requests: [{ served: [testaaa] }] }`,
      'lanes.yaml:4:51: `served` must hold APP@VERSION, not "testaaa"',
    ],
  ])('%j is refused with its place', (text, message) => {
    expect(() => parseConfig(text, 'lanes.yaml')).toThrow(message)
  })
})
