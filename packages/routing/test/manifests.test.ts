import { describe, expect, expectTypeOf, it } from 'vitest'
import { buildMesh, formatDiagnostic, loadManifests } from '../src/index.ts'
import type {
  Container,
  Deployment,
  DestinationRule,
  HTTPRoute,
  KubernetesGateway,
  Manifest,
  Service,
  VirtualService,
} from '../src/manifests.ts'

const labels = { app: 'shop', version: 'release' }

const manifests = [
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'shop', namespace: 'shop' },
    spec: { selector: { app: 'shop' }, ports: [{ name: 'http', port: 80, targetPort: 'web' }] },
  } satisfies Service,
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'shop-release', namespace: 'shop' },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            {
              name: 'shop',
              ports: [{ name: 'web', containerPort: 8080 }],
              resources: { requests: { cpu: 0.5, memory: '64Mi' } },
            },
          ],
        },
      },
    },
  } satisfies Deployment,
  {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: { name: 'shop', namespace: 'shop' },
    spec: { host: 'shop', subsets: [{ name: 'release', labels: { version: 'release' } }] },
  } satisfies DestinationRule,
  {
    apiVersion: 'networking.istio.io/v1beta1',
    kind: 'VirtualService',
    metadata: { name: 'shop', namespace: 'shop' },
    spec: {
      hosts: ['shop'],
      http: [{ route: [{ destination: { host: 'shop', subset: 'release' } }], timeout: '3s' }],
    },
  } satisfies VirtualService,
  {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'other', namespace: 'shop' },
    spec: { parentRefs: [{ group: '', kind: 'Service', name: 'other', port: 80 }] },
  } satisfies HTTPRoute,
] satisfies Manifest[]

type Rule = NonNullable<NonNullable<VirtualService['spec']>['http']>[number]
type Tls = NonNullable<
  NonNullable<NonNullable<DestinationRule['spec']>['trafficPolicy']>['tls']
>['mode']

describe('the types of manifests', () => {
  it('take what the schema check takes', () => {
    const files = manifests.map((one, index) => ({
      file: `${index}.json`,
      text: JSON.stringify(one),
    }))
    const { resources, diagnostics } = loadManifests(files)
    const said = [...diagnostics, ...buildMesh(resources).diagnostics]
    expect(said.filter(({ level }) => level === 'error').map(formatDiagnostic)).toEqual([])
    expect(resources).toHaveLength(manifests.length)
  })

  it('know the fields, and no others', () => {
    expectTypeOf<'route' | 'match' | 'mirrors'>().toExtend<keyof Rule>()
    expectTypeOf<'routee'>().not.toExtend<keyof Rule>()
    expectTypeOf<'livenessProbe'>().toExtend<keyof Container>()
    expectTypeOf<'container'>().not.toExtend<keyof Container>()
  })

  it('know enums, versions, and which fields must be there', () => {
    expectTypeOf<Tls>().toEqualTypeOf<
      'DISABLE' | 'SIMPLE' | 'MUTUAL' | 'ISTIO_MUTUAL' | undefined
    >()
    expectTypeOf<'networking.istio.io/v1alpha3'>().toExtend<VirtualService['apiVersion']>()
    expectTypeOf<'networking.istio.io/v2'>().not.toExtend<VirtualService['apiVersion']>()
    expectTypeOf<{ subsets: [] }>().not.toExtend<DestinationRule['spec']>()
    expectTypeOf<{ host: string }>().toExtend<DestinationRule['spec']>()
  })

  it('tell the Gateway of Gateway API from Istio’s', () => {
    expectTypeOf<KubernetesGateway['kind']>().toEqualTypeOf<'Gateway'>()
    expectTypeOf<KubernetesGateway['spec']>().toHaveProperty('gatewayClassName')
    expectTypeOf<Extract<Manifest, { kind: 'Gateway' }>['apiVersion']>().toEqualTypeOf<
      | 'gateway.networking.k8s.io/v1'
      | 'gateway.networking.k8s.io/v1beta1'
      | 'networking.istio.io/v1'
      | 'networking.istio.io/v1alpha3'
      | 'networking.istio.io/v1beta1'
    >()
  })
})
