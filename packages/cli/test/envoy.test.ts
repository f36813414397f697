import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { run } from '../src/program.ts'
import type { Signals } from '../src/signals.ts'
import { testIo } from './io.ts'
import { tree } from './tree.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const SIDECAR = 'deployment/test-istio/testaaa-release'
const GATEWAY = 'gateway/test-istio/gateway'
const SUBSET = 'outbound|32000|release-v1|testbbb.test-istio.svc.cluster.local'

const NO_SIGNALS = (): Signals => ({ first: new Promise(() => {}), onFurther: () => {} })

async function lanes(args: readonly string[], { cwd = ROOT, stdin = '' } = {}) {
  const { io, out, err } = testIo(cwd, { stdin })
  const code = await run(['envoy', ...args], io, NO_SIGNALS)
  return { code, out: out(), err: err() }
}

describe('lanes envoy', () => {
  it('prints a bootstrap with a listener for each port and a cluster for each subset', async () => {
    const { out, code } = await lanes(['--from', SIDECAR])
    expect(code).toBe(0)
    expect(parse(out)).toMatchObject({
      node: { id: SIDECAR, cluster: 'test-istio' },
      static_resources: {
        listeners: [
          { name: '0.0.0.0_31000', address: at('127.0.0.1', 31_000) },
          { name: '0.0.0.0_32000', address: at('127.0.0.1', 32_000) },
        ],
        clusters: expect.arrayContaining([
          expect.objectContaining({
            name: SUBSET,
            type: 'STRICT_DNS',
            load_assignment: assignment(SUBSET, at('testbbb-release-v1', 32_000)),
          }),
        ]),
      },
    })
  })

  it('takes ports and addresses of this machine for those of the cluster', async () => {
    const ports = ['--listen', '80=8080', '--bind', '127.0.0.2', '--admin', '[::1]:9901']
    const endpoint = ['--endpoint', 'test-istio/testbbb-release-v1=127.0.0.1:3000']
    const { out } = await lanes(['--from', GATEWAY, ...ports, ...endpoint])
    expect(parse(out)).toMatchObject({
      admin: { address: at('::1', 9901) },
      static_resources: {
        listeners: [{ name: '0.0.0.0_80', address: at('127.0.0.2', 8080) }],
        clusters: expect.arrayContaining([
          expect.objectContaining({
            type: 'STATIC',
            load_assignment: assignment(SUBSET, at('127.0.0.1', 3000)),
          }),
        ]),
      },
    })
  })

  it('reaches a cluster as its DestinationRule says: of the port, else of the subset, else of all', async () => {
    const { out } = await lanes(['--from', 'deployment/lab/client', '-f', '-'], { stdin: POLICIES })
    const { clusters } = parse(out).static_resources
    const named = (name: string): unknown =>
      clusters.find((cluster: { name: string }) => cluster.name === name)
    expect(named('outbound|80||app.lab.svc.cluster.local')).toMatchObject({
      connect_timeout: '0.25s',
      lb_policy: 'ROUND_ROBIN',
      ...http({ idle_timeout: '30s' }),
      outlier_detection: { consecutive_5xx: 5, interval: '10s', max_ejection_percent: 50 },
    })
    expect(named('outbound|80|v1|app.lab.svc.cluster.local')).toMatchObject({
      connect_timeout: '10s',
      lb_policy: 'ROUND_ROBIN',
      ...http({ max_requests_per_connection: 1 }),
    })
    expect(named('outbound|81|v1|app.lab.svc.cluster.local')).toMatchObject({
      connect_timeout: '10s',
      lb_policy: 'LEAST_REQUEST',
      ...http({ idle_timeout: '90s' }),
    })
    expect(named('outbound|81|v1|app.lab.svc.cluster.local')).not.toHaveProperty(
      'outlier_detection',
    )
  })

  it('quotes what YAML 1.1, which Envoy reads, takes for a boolean', async () => {
    const { out } = await lanes(['--from', GATEWAY, '--listen', '80=0', '--bind', 'no'])
    expect(out).toContain('address: "no"')
  })

  it('logs the lane of each request', async () => {
    const { out } = await lanes(['--from', GATEWAY])
    expect(out).toContain('lane: "%REQ(PROJECT-VERSION)%"')
  })

  it('writes files that Envoy follows, each named by the one that refers to it', async () => {
    const folder = tree({})
    const { out } = await lanes(['--from', GATEWAY, '-f', join(ROOT, 'k8s'), '-o', 'xds'], {
      cwd: folder,
    })
    expect(out).toBe(`${join(folder, 'xds/bootstrap.json')}\n`)
    const read = (file: string): string => readFileSync(join(folder, 'xds', file), 'utf8')
    expect(read('bootstrap.json')).toContain(join(folder, 'xds/cds.json'))
    expect(read('lds.json')).toContain(join(folder, 'xds/rds/0.0.0.0_80.json'))
    expect(read('cds.json')).toContain(SUBSET)
    expect(JSON.parse(read('rds/0.0.0.0_80.json'))).toMatchObject({
      version_info: expect.stringMatching(/^[0-9a-f]{16}$/),
      resources: [
        {
          '@type': 'type.googleapis.com/envoy.config.route.v3.RouteConfiguration',
          name: '0.0.0.0_80',
        },
      ],
    })
  })

  it.each([
    [
      ['--from', 'deployment/test-istio/nobody'],
      /^lanes: `--from .*` is no proxy of the manifests; say one of deployment\/test-istio\/testaaa-release, /,
    ],
    [
      ['--from', GATEWAY, '--listen', '81=8080'],
      /gateway\/test-istio\/gateway has no listener on port 81 \(it has 80\)/,
    ],
    [['--from', GATEWAY, '--listen', '80'], /`--listen 80` is not PORT=LOCAL/],
    [
      ['--from', GATEWAY, '--endpoint', 'nobody=127.0.0.1:1'],
      /names no workload; say one of test-istio\/testaaa-release, /,
    ],
    [
      ['--from', GATEWAY, '--endpoint', 'testaaa-release=127.0.0.1'],
      /`--endpoint testaaa-release` wants HOST:PORT, got "127\.0\.0\.1"/,
    ],
    [['--from', GATEWAY, '--admin', '127.0.0.1:70000'], /`--admin` wants HOST:PORT/],
  ])('says what is wrong with %j', async (args, message) => {
    const { code, err, out } = await lanes(args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(message)
  })

  it('says that one address cannot tell two Services apart whose port is no HTTP', async () => {
    const { code, err } = await lanes(['--from', 'deployment/lab/client', '-f', '-'], {
      stdin: TWO_TCP,
    })
    expect(code).toBe(1)
    expect(err).toMatch(
      /has the listeners one\.lab.*_6379 and two\.lab.*_6379, .* cannot be expressed/,
    )
  })
})

function at(address: string, port: number): object {
  return { socket_address: { address, port_value: port } }
}

function assignment(cluster: string, address: object): object {
  return { cluster_name: cluster, endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] }
}

function http(common: object): object {
  const name = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions'
  return {
    typed_extension_protocol_options: { [name]: { common_http_protocol_options: common } },
  }
}

const CLIENT = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: client, namespace: lab }
spec:
  selector: { matchLabels: { app: client } }
  template:
    metadata: { labels: { app: client } }
    spec: { containers: [{ name: app, image: app }] }
---`

const POLICIES = `${CLIENT}
apiVersion: v1
kind: Service
metadata: { name: app, namespace: lab }
spec: { selector: { app: app }, ports: [{ name: http, port: 80 }, { name: http-b, port: 81 }] }
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: app, namespace: lab }
spec:
  host: app
  trafficPolicy:
    loadBalancer: { simple: ROUND_ROBIN }
    connectionPool: { http: { idleTimeout: 30s }, tcp: { connectTimeout: 250ms } }
    outlierDetection: { consecutive5xxErrors: 5, interval: 10s, maxEjectionPercent: 50 }
    portLevelSettings:
      - { port: { number: 81 }, connectionPool: { http: { idleTimeout: 1m30s } } }
  subsets:
    - name: v1
      labels: { version: v1 }
      trafficPolicy: { connectionPool: { http: { maxRequestsPerConnection: 1 } } }
`

const TWO_TCP = `${CLIENT}
apiVersion: v1
kind: Service
metadata: { name: one, namespace: lab }
spec: { ports: [{ name: tcp, port: 6379 }] }
---
apiVersion: v1
kind: Service
metadata: { name: two, namespace: lab }
spec: { ports: [{ name: tcp, port: 6379 }] }
`
