import { app, caller, subsets } from '../world.ts'
import { yaml } from './fault.ts'
import type { Fault } from './fault.ts'
import { baseline, httpRoute, lane, object, rightRules, rules, shop } from './shop.ts'

const istio = 'networking.istio.io/v1'

/** Faults of what stands around a lane's rules: DestinationRules, Services, callers, HTTPRoutes. */
export const meshFaults: readonly Fault[] = [
  {
    code: 'TL002',
    title: 'a subset that a nearer DestinationRule hides',
    broken: yaml(
      rightRules,
      ...shop,
      caller('town'),
      object(
        istio,
        'DestinationRule',
        'own',
        'spec: { host: shop.shop.svc.cluster.local, subsets: [{ name: release, labels: { version: release } }] }',
        'town',
      ),
    ),
    cured: yaml(rightRules, ...shop, caller('town')),
    at: 'v1 } }] }',
    shown: true,
  },
  {
    code: 'TL003',
    title: 'a route to a Service without pods',
    broken: yaml(
      rules(['{ route: [{ destination: { host: empty } }] }']),
      ...shop,
      app('empty', []),
    ),
    cured: yaml(
      rules(['{ route: [{ destination: { host: empty } }] }']),
      ...shop,
      app('empty', ['v1']),
    ),
    at: 'empty } }] }',
    shown: true,
  },
  {
    code: 'TL003',
    title: 'an HTTPRoute to a Service without pods',
    broken: yaml(
      httpRoute('lanes', ['{ backendRefs: [{ name: empty, port: 80 }] }']),
      ...shop,
      app('empty', []),
    ),
    cured: yaml(
      httpRoute('lanes', ['{ backendRefs: [{ name: empty, port: 80 }] }']),
      ...shop,
      app('empty', ['v1']),
    ),
    at: '{ name: empty',
    shown: true,
  },
  {
    code: 'TL004',
    title: 'an HTTPRoute with lanes and no baseline',
    broken: yaml(
      httpRoute('lanes', [
        '{ matches: [{ headers: [{ name: project-version, value: v1 }] }], backendRefs: [{ name: shop, port: 80 }] }',
      ]),
      caller(),
      app('shop', ['v1']),
    ),
    cured: yaml(
      httpRoute('lanes', [
        '{ matches: [{ headers: [{ name: project-version, value: v1 }] }], backendRefs: [{ name: shop, port: 80 }] }',
        '{ backendRefs: [{ name: shop, port: 80 }] }',
      ]),
      caller(),
      app('shop', ['v1']),
    ),
    at: '{ headers: [{ name: project-version',
    shown: true,
  },
  {
    code: 'TL005',
    title: 'a baseline of an HTTPRoute that is every version',
    broken: yaml(
      httpRoute('lanes', [
        '{ matches: [{ headers: [{ name: project-version, value: v1 }] }], backendRefs: [{ name: shop-v1, port: 80 }] }',
        '{ backendRefs: [{ name: shop, port: 80 }] }',
      ]),
      caller(),
      app('shop', ['release', 'v1']),
      object(
        'v1',
        'Service',
        'shop-v1',
        'spec: { selector: { app: shop, version: v1 }, ports: [{ port: 80, targetPort: 8080, name: http }] }',
      ),
    ),
    cured: yaml(
      httpRoute('lanes', [
        '{ matches: [{ headers: [{ name: project-version, value: v1 }] }], backendRefs: [{ name: shop-v1, port: 80 }] }',
        '{ backendRefs: [{ name: shop-release, port: 80 }] }',
      ]),
      caller(),
      app('shop', ['release', 'v1']),
      object(
        'v1',
        'Service',
        'shop-v1',
        'spec: { selector: { app: shop, version: v1 }, ports: [{ port: 80, targetPort: 8080, name: http }] }',
      ),
      object(
        'v1',
        'Service',
        'shop-release',
        'spec: { selector: { app: shop, version: release }, ports: [{ port: 80, targetPort: 8080, name: http }] }',
      ),
    ),
    at: '{ name: shop, port: 80 }] }',
    shown: true,
  },
  {
    code: 'TL012',
    title: 'a baseline path that beats the lane’s header',
    broken: yaml(
      httpRoute('lanes', [
        '{ matches: [{ headers: [{ name: project-version, value: v1 }] }], backendRefs: [{ name: shop-v1, port: 80 }] }',
        '{ matches: [{ path: { type: PathPrefix, value: /api } }], backendRefs: [{ name: shop, port: 80 }] }',
        '{ backendRefs: [{ name: shop, port: 80 }] }',
      ]),
      caller(),
      app('shop', ['release']),
      app('shop-v1', ['v1']),
    ),
    cured: yaml(
      httpRoute('lanes', [
        '{ matches: [{ headers: [{ name: project-version, value: v1 }] }, { path: { type: PathPrefix, value: /api }, headers: [{ name: project-version, value: v1 }] }], backendRefs: [{ name: shop-v1, port: 80 }] }',
        '{ matches: [{ path: { type: PathPrefix, value: /api } }], backendRefs: [{ name: shop, port: 80 }] }',
        '{ backendRefs: [{ name: shop, port: 80 }] }',
      ]),
      caller(),
      app('shop', ['release']),
      app('shop-v1', ['v1']),
    ),
    at: '{ headers: [{ name: project-version',
    shown: true,
  },
  {
    code: 'TL014',
    title: 'a Service with rules of both kinds',
    broken: yaml(
      httpRoute('lanes', ['{ backendRefs: [{ name: shop, port: 80 }] }']),
      rightRules,
      ...shop,
    ),
    cured: yaml(httpRoute('lanes', ['{ backendRefs: [{ name: shop, port: 80 }] }']), ...shop),
    at: "{ group: ''",
    shown: true,
  },
  {
    code: 'TL015',
    title: 'lanes of a port that is declared tcp',
    broken: yaml(
      rightRules,
      caller(),
      app('shop', ['release', 'v1'], { declared: 'name: tcp' }),
      subsets('shop', ['release', 'v1']),
    ),
    cured: yaml(rightRules, ...shop),
    at: '{ port: 80',
    shown: true,
  },
  {
    code: 'TL017',
    title: 'a caller without a sidecar',
    broken: yaml(rightRules, ...shop, cron("labels: { sidecar.istio.io/inject: 'false' }")),
    cured: yaml(rightRules, ...shop, cron('labels: { app: cron }')),
    at: "'http://shop.shop/'",
    shown: true,
  },
  {
    code: 'TL017',
    title: 'a caller without a sidecar, which mutual TLS keeps out',
    broken: yaml(
      rightRules,
      ...shop,
      peers('STRICT'),
      cron("labels: { sidecar.istio.io/inject: 'false' }"),
    ),
    cured: yaml(rightRules, ...shop, peers('STRICT'), cron('labels: { app: cron }')),
    at: "'http://shop.shop/'",
    shown: true,
  },
  ...[
    ['plain text to pods that want mutual TLS', 'DISABLE', 'ISTIO_MUTUAL', peers('STRICT')],
    ['TLS without a certificate of the mesh', 'SIMPLE', 'ISTIO_MUTUAL', peers('STRICT')],
    ['mutual TLS to pods that want plain text', 'ISTIO_MUTUAL', 'DISABLE', peers('DISABLE')],
  ].map(([title = '', wrong = '', right = '', policy = '']): Fault => ({
    code: 'TL042',
    title,
    broken: yaml(caller(), app('shop', ['release']), clientTls(wrong), policy),
    cured: yaml(caller(), app('shop', ['release']), clientTls(right), policy),
    at: `${wrong} } }`,
    shown: true,
  })),
  {
    code: 'TL042',
    title: 'mutual TLS of one port of a subset to pods without a sidecar',
    broken: yaml(
      caller(),
      app('shop', ['v1']).replace('labels: {', "labels: { sidecar.istio.io/inject: 'false',"),
      tlsOfPort(80),
      rules(['{ route: [{ destination: { host: shop, subset: v1 } }] }']),
    ),
    cured: yaml(
      caller(),
      app('shop', ['v1']).replace('labels: {', "labels: { sidecar.istio.io/inject: 'false',"),
      tlsOfPort(81),
      rules(['{ route: [{ destination: { host: shop, subset: v1 } }] }']),
    ),
    at: 'ISTIO_MUTUAL',
    shown: true,
  },
  {
    code: 'TL037',
    title: 'a caller that does not see the rule',
    broken: yaml(
      rules([lane('exact: v1', 'v1'), baseline()], { spec: "exportTo: ['.']" }),
      ...shop,
      cron('labels: { app: cron }', 'town'),
    ),
    cured: yaml(
      rules([lane('exact: v1', 'v1'), baseline()], { spec: "exportTo: ['.', town]" }),
      ...shop,
      cron('labels: { app: cron }', 'town'),
    ),
    at: "['.']",
    shown: true,
  },
  {
    code: 'TL037',
    title: 'a caller whose Sidecar does not hold the Service',
    broken: yaml(
      rightRules,
      ...shop,
      cron('labels: { app: cron }', 'town'),
      object(istio, 'Sidecar', 'default', "spec: { egress: [{ hosts: ['./*'] }] }", 'town'),
    ),
    cured: yaml(
      rightRules,
      ...shop,
      cron('labels: { app: cron }', 'town'),
      object(
        istio,
        'Sidecar',
        'default',
        "spec: { egress: [{ hosts: ['./*', 'shop/*'] }] }",
        'town',
      ),
    ),
    at: "[{ hosts: ['./*'] }]",
    shown: true,
  },
  {
    code: 'TL041',
    title: 'one version of two Deployments',
    broken: yaml(
      rightRules,
      ...shop,
      object(
        'apps/v1',
        'Deployment',
        'again',
        'spec: { template: { metadata: { labels: { app: shop, version: v1 } } } }',
      ),
    ),
    cured: yaml(
      rightRules,
      ...shop,
      object(
        'apps/v1',
        'Deployment',
        'again',
        'spec: { template: { metadata: { labels: { app: shop, version: v2 } } } }',
      ),
    ),
    at: 'v1 } } } }',
    shown: true,
  },
]

/** What the sidecars of the namespace take. */
function peers(mode: string): string {
  return object(
    'security.istio.io/v1',
    'PeerAuthentication',
    'default',
    `spec: { mtls: { mode: ${mode} } }`,
  )
}

/** What callers of the shop are made to speak. */
function clientTls(mode: string): string {
  return object(
    'networking.istio.io/v1',
    'DestinationRule',
    'tls',
    `spec: { host: shop, trafficPolicy: { tls: { mode: ${mode} } } }`,
  )
}

function tlsOfPort(port: number): string {
  const policy = `portLevelSettings: [{ port: { number: ${port} }, tls: { mode: ISTIO_MUTUAL } }]`
  return object(
    'networking.istio.io/v1',
    'DestinationRule',
    'tls',
    `spec: { host: shop, subsets: [{ name: v1, labels: { version: v1 }, trafficPolicy: { ${policy} } }] }`,
  )
}

/** A Deployment that calls the shop. */
function cron(labels: string, namespace = 'shop'): string {
  return object(
    'apps/v1',
    'Deployment',
    'cron',
    `spec: { template: { metadata: { ${labels} }, spec: { containers: [{ name: cron, env: [{ name: SHOP, value: 'http://shop.shop/' }] }] } } }`,
    namespace,
  )
}
