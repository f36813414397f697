import { describe, expect, it } from 'vitest'
import { ask, meshOf, workloads } from './world.ts'

function versionsOf(
  name: string,
  port: number,
  versions: readonly string[],
  gateways: string,
): string {
  const host = `${name}.test-istio.svc.cluster.local`
  const deployments = versions.map(
    (version) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}-${version}, namespace: test-istio }
spec:
  template:
    metadata: { labels: { app: ${name}, version: ${version} } }
    spec: { containers: [{ name: app, ports: [{ name: http, containerPort: ${port} }] }] }`,
  )
  const lanes = versions.slice(1).map(
    (version) => `
  - name: ${version}
    match:
    - headers: { project-version: { exact: ${version} } }
    route:
    - destination: { host: ${host}, subset: ${version}, port: { number: ${port} } }`,
  )
  return [
    `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: test-istio }
spec:
  selector: { app: ${name} }
  ports: [{ name: http, port: ${port}, targetPort: http, appProtocol: http }]`,
    ...deployments,
    `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ${name}, namespace: test-istio }
spec:
  host: ${host}
  subsets:
${versions.map((version) => `  - { name: ${version}, labels: { version: ${version} } }`).join('\n')}`,
    `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name}, namespace: test-istio }
spec:
  hosts: [${host}, ${name}.example.com]
  gateways: [${gateways}]
  http:${lanes.join('')}
  - name: baseline
    route:
    - destination: { host: ${host}, subset: release, port: { number: ${port} } }`,
  ].join('\n---\n')
}

const mesh = meshOf(
  `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: gateway, namespace: test-istio }
spec:
  selector: { istio: ingressgateway }
  servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["*"] }]`,
  versionsOf('testaaa', 31_000, ['release', 'release-v1', 'release-v2'], 'mesh, gateway'),
  versionsOf('testbbb', 32_000, ['release', 'release-v1', 'release-v3'], 'mesh'),
)

/** The gateway's hop, then the one of whoever it chose. */
function follow(lane: string | null): (string | undefined)[] {
  const headers = lane === null ? [] : [['project-version', lane] as const]
  const first = ask(mesh, 'http://testaaa.example.com/', {
    from: 'gateway/test-istio/gateway',
    headers,
  })
  const [testaaa] = workloads(first)
  const second = ask(mesh, 'http://testbbb.test-istio:32000/', {
    from: `deployment/test-istio/${testaaa}`,
    headers,
  })
  const [testbbb] = workloads(second)
  return [testaaa, testbbb]
}

describe('the five requests', () => {
  it('says nothing against the manifests', () => {
    expect(mesh.diagnostics).toEqual([])
  })

  it.each([
    [null, 'testaaa-release', 'testbbb-release'],
    ['release-v1', 'testaaa-release-v1', 'testbbb-release-v1'],
    ['release-v9', 'testaaa-release', 'testbbb-release'],
    ['release-v2', 'testaaa-release-v2', 'testbbb-release'],
    ['release-v3', 'testaaa-release', 'testbbb-release-v3'],
  ])('in lane %s go to %s and %s', (lane, testaaa, testbbb) => {
    expect(follow(lane)).toEqual([testaaa, testbbb])
  })

  it('are explained by the names that Envoy gives, and by the lines of the manifest', () => {
    const decision = ask(mesh, 'http://testbbb.test-istio:32000/', {
      from: 'deployment/test-istio/testaaa-release',
      headers: [['Project-Version', 'release-v3']],
    })
    expect(decision).toEqual({
      proxy: 'deployment/test-istio/testaaa-release',
      listener: '0.0.0.0_32000',
      routeConfig: '32000',
      virtualHost: 'testbbb.test-istio.svc.cluster.local:32000',
      route: {
        index: 1,
        name: 'release-v3',
        origin: {
          resource: 'VirtualService test-istio/testbbb',
          position: { file: 'mesh.yaml', line: 136, column: 5 },
        },
      },
      passed: [
        {
          index: 0,
          name: 'release-v1',
          origin: {
            resource: 'VirtualService test-istio/testbbb',
            position: { file: 'mesh.yaml', line: 131, column: 5 },
          },
          code: 'header',
          because: 'header "project-version" is "release-v3", the route wants exactly "release-v1"',
        },
      ],
      outcome: {
        kind: 'forward',
        cluster: 'outbound|32000|release-v3|testbbb.test-istio.svc.cluster.local',
        subset: 'release-v3',
        endpoints: [
          { address: null, port: 32_000, workload: 'testbbb-release-v3', namespace: 'test-istio' },
        ],
        weights: [
          {
            cluster: 'outbound|32000|release-v3|testbbb.test-istio.svc.cluster.local',
            weight: 100,
          },
        ],
      },
      destinationRule: {
        resource: 'DestinationRule test-istio/testbbb',
        position: { file: 'mesh.yaml', line: 121, column: 5 },
      },
      rewrite: { path: null, authority: null },
      requestHeaders: { set: [], add: [], remove: [] },
      responseHeaders: { set: [], add: [], remove: [] },
      timeout: null,
      retries: {
        attempts: 2,
        perTryTimeout: null,
        on: [
          'connect-failure',
          'refused-stream',
          'unavailable',
          'cancelled',
          'retriable-status-codes',
        ],
        statuses: [],
      },
      mirrors: [],
      fault: null,
      warnings: [],
    })
  })

  it('name the gateway’s listener, routes and virtual host as Envoy does', () => {
    const { listener, routeConfig, virtualHost } = ask(mesh, 'http://testaaa.example.com/', {
      from: 'gateway/test-istio/gateway',
    })
    expect([listener, routeConfig, virtualHost]).toEqual([
      '0.0.0.0_80',
      'http.80',
      // One virtual host for all hosts with the same routes, named for the most specific.
      'testaaa.test-istio.svc.cluster.local:80',
    ])
  })
})
