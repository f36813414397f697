import { describe, expect, it } from 'vitest'
import { complaintsAbout, virtualService } from './world.ts'

const object = (apiVersion: string, kind: string) =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: x, namespace: shop }`

const config = (namespace: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: istio, namespace: ${namespace} }`

describe('a kind that can change where a request goes', () => {
  it.each([
    ['apps/v1', 'DaemonSet'],
    ['networking.k8s.io/v1', 'Ingress'],
    ['networking.istio.io/v1alpha3', 'EnvoyFilter'],
    ['security.istio.io/v1', 'RequestAuthentication'],
    ['gateway.networking.k8s.io/v1', 'TLSRoute'],
    ['gateway.networking.k8s.io/v1', 'TCPRoute'],
    ['gateway.networking.k8s.io/v1', 'ListenerSet'],
    ['argoproj.io/v1alpha1', 'Rollout'],
  ])('of %s %s is named', (apiVersion, kind) => {
    expect(complaintsAbout(object(apiVersion, kind))).toContain(
      `mesh.yaml:2:7: warning: ${kind} shop/x: kind ${kind} is not modelled yet; explain and the local mesh ignore it [not-modelled]`,
    )
  })

  it('is not the mesh config', () => {
    expect(complaintsAbout(config('istio-system'))).toEqual([])
  })
})

describe('a kind that cannot', () => {
  it.each([
    ['v1', 'ConfigMap'],
    ['v1', 'Secret'],
    ['v1', 'ServiceAccount'],
    ['rbac.authorization.k8s.io/v1', 'Role'],
    ['networking.k8s.io/v1', 'NetworkPolicy'],
    ['policy/v1', 'PodDisruptionBudget'],
    ['autoscaling/v2', 'HorizontalPodAutoscaler'],
    ['serving.knative.dev/v1', 'Service'],
    ['constructor', 'x'],
  ])('of %s %s is passed over in silence', (apiVersion, kind) => {
    expect(complaintsAbout(object(apiVersion, kind))).toEqual([])
  })
})

describe('a version that no cluster serves', () => {
  it('is named with the one to write', () => {
    expect(complaintsAbout(object('networking.istio.io/v2', 'VirtualService'))).toEqual([
      'mesh.yaml:1:13: error: VirtualService shop/x: apiVersion "networking.istio.io/v2" is none that the ' +
        'cluster serves; write "networking.istio.io/v1". It is ignored [unknown-version]',
    ])
    expect(complaintsAbout(object('apps/v1beta1', 'Deployment'))).toEqual([
      expect.stringContaining('write "apps/v1"'),
    ])
  })

  it.each(['v1', 'v1beta1', 'v1alpha3'])('is not Istio’s %s', (version) => {
    const text = virtualService(['{ route: [{ destination: { host: shop } }] }'])
    expect(complaintsAbout(text.replace('istio.io/v1', `istio.io/${version}`))).toEqual([])
  })
})

describe('a field that is not modelled yet', () => {
  it.each([
    [
      'a JWT claim',
      '{ match: [{ headers: { "@request.auth.claims.sub": { exact: a } } }], route: [{ destination: { host: shop } }] }',
      'spec.http[0].match[0].headers["@request.auth.claims.sub"] (a JWT claim)',
    ],
    [
      'a command in a header',
      '{ headers: { request: { set: { x: "%REQ(y)%" } } }, route: [{ destination: { host: shop } }] }',
      'the command in spec.http[0].headers.request.set.x "%REQ(y)%"',
    ],
  ])('may be %s', (_name, http, what) => {
    expect(complaintsAbout(virtualService([http], { spec: 'gateways: [door]' }))).toEqual([
      expect.stringContaining(`VirtualService shop/rule: ${what} is not modelled yet`),
    ])
  })

  it('is none of those that only say how an endpoint is reached', () => {
    expect(
      complaintsAbout(`
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: x, namespace: shop }
spec:
  host: shop
  trafficPolicy:
    connectionPool: { http: { idleTimeout: 30s } }
    outlierDetection: { consecutive5xxErrors: 5 }
    tls: { mode: ISTIO_MUTUAL }
    loadBalancer: { simple: LEAST_REQUEST }`),
    ).toEqual([])
  })
})
