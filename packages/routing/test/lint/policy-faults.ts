import { caller } from '../world.ts'
import { yaml } from './fault.ts'
import type { Fault } from './fault.ts'
import { baseline, lane, object, rightRules, rules, shop } from './shop.ts'

const istio = 'networking.istio.io/v1'

const namespace = (labels: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { ${labels} } }`

const filter = (rest: string) =>
  object('networking.istio.io/v1alpha3', 'EnvoyFilter', 'lane', `spec: { ${rest} }`)

const deployment = (name: string, labels: string, metadata = '') => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop${metadata} }
spec: { template: { metadata: { labels: { ${labels} } } } }`

/** An object with this text in it. */
const withNote = (text: string) =>
  `apiVersion: ${istio}
kind: Gateway
metadata: { name: noted, namespace: shop, annotations: { example.com/note: ${text} } }
spec: { servers: [{ port: { number: 80, name: a, protocol: HTTP }, hosts: [noted.example.com] }] }`

const lanesWith = (first: string, second: string) =>
  yaml(
    rules([lane('exact: v1', 'v1'), lane('exact: v2', 'v2'), baseline()]),
    deployment('shop-v1', 'app: shop, version: v1', first),
    deployment('shop-v2', 'app: shop, version: v2', second),
  )

/** Faults of policies, names and fields. */
export const policyFaults: readonly Fault[] = [
  {
    code: 'TL009',
    title: 'a path among the headers',
    broken: yaml(
      rules([
        '{ match: [{ headers: { uri: { prefix: /a } } }], route: [{ destination: { host: shop, subset: v1 } }] }',
        baseline(),
      ]),
      ...shop,
    ),
    cured: yaml(
      rules([
        '{ match: [{ uri: { prefix: /a } }], route: [{ destination: { host: shop, subset: v1 } }] }',
        baseline(),
      ]),
      ...shop,
    ),
    at: 'uri: { prefix: /a }',
    shown: true,
  },
  {
    code: 'TL013',
    title: 'more routes than proxies bear',
    broken: yaml(
      rules([
        ...Array.from({ length: 301 }, (_, index) => lane(`exact: v${index}`, 'v1')),
        baseline(),
      ]),
      ...shop,
    ),
    cured: yaml(
      rules([
        ...Array.from({ length: 299 }, (_, index) => lane(`exact: v${index}`, 'v1')),
        baseline(),
      ]),
      ...shop,
    ),
    at: 'http:',
    shown: false,
  },
  {
    code: 'TL013',
    title: 'an object that kubectl cannot apply',
    broken: withNote('x'.repeat(270_000)),
    cured: withNote('x'),
    at: 'apiVersion',
    shown: false,
  },
  {
    code: 'TL016',
    title: 'a branch’s name as a label',
    broken: deployment('shop', 'app: shop, version: feature/cart').trim(),
    cured: deployment('shop', 'app: shop, version: feature-cart').trim(),
    at: 'feature/cart',
    shown: false,
  },
  {
    code: 'TL016',
    title: 'a branch’s name as an object’s',
    broken: deployment('shop-Feature_Cart', 'app: shop').trim(),
    cured: deployment('shop-feature-cart', 'app: shop').trim(),
    at: 'shop-Feature_Cart',
    shown: false,
  },
  {
    code: 'TL018',
    title: 'a filter by its name of Envoy’s v2 API',
    broken: filter(
      'configPatches: [{ applyTo: HTTP_FILTER, match: { context: SIDECAR_INBOUND }, patch: { operation: INSERT_FIRST, value: { name: envoy.lua } } }]',
    ).trim(),
    cured: filter(
      'configPatches: [{ applyTo: HTTP_FILTER, match: { context: SIDECAR_INBOUND }, patch: { operation: INSERT_FIRST, value: { name: envoy.filters.http.lua } } }]',
    ).trim(),
    at: 'envoy.lua',
    shown: false,
  },
  {
    code: 'TL019',
    title: 'a match of the caller’s labels in ambient mode',
    broken: yaml(
      namespace('istio.io/dataplane-mode: ambient'),
      rules(['{ match: [{ sourceLabels: { app: a } }], redirect: { uri: /a } }', baseline()]),
      ...shop,
    ),
    cured: yaml(
      namespace('istio-injection: enabled'),
      rules(['{ match: [{ sourceLabels: { app: a } }], redirect: { uri: /a } }', baseline()]),
      ...shop,
    ),
    at: 'sourceLabels',
    shown: false,
  },
  {
    code: 'TL020',
    title: 'a lane without an end among lanes with one',
    broken: lanesWith(', annotations: { janitor/ttl: 7d }', ''),
    cured: lanesWith(', annotations: { janitor/ttl: 7d }', ', labels: { owner: me }'),
    at: 'shop-v2',
    shown: false,
  },
  {
    code: 'TL023',
    title: 'a delegate that asks for something else',
    broken: yaml(
      rules(['{ match: [{ uri: { prefix: /a } }], delegate: { name: more } }', baseline()]),
      object(
        istio,
        'VirtualService',
        'more',
        'spec: { http: [{ match: [{ uri: { prefix: /b } }], route: [{ destination: { host: shop, subset: v1 } }] }] }',
      ),
      ...shop,
    ),
    cured: yaml(
      rules(['{ match: [{ uri: { prefix: /a } }], delegate: { name: more } }', baseline()]),
      object(
        istio,
        'VirtualService',
        'more',
        'spec: { http: [{ match: [{ uri: { prefix: /a/b } }], route: [{ destination: { host: shop, subset: v1 } }] }] }',
      ),
      ...shop,
    ),
    at: '{ uri: { prefix: /b } }',
    shown: true,
  },
  {
    code: 'TL023',
    title: 'a delegate that is not there',
    broken: yaml(
      rules(['{ match: [{ uri: { prefix: /a } }], delegate: { name: more } }', baseline()]),
      ...shop,
    ),
    cured: yaml(
      rules(['{ match: [{ uri: { prefix: /a } }], delegate: { name: more } }', baseline()]),
      object(
        istio,
        'VirtualService',
        'more',
        'spec: { http: [{ route: [{ destination: { host: shop, subset: v1 } }] }] }',
      ),
      ...shop,
    ),
    at: '{ name: more }',
    shown: true,
  },
  {
    code: 'TL024',
    title: 'a CORS policy without the lane’s header',
    broken: yaml(
      rules([
        lane('exact: v1', 'v1'),
        baseline(
          ", corsPolicy: { allowOrigins: [{ exact: 'https://shop.example.com' }], allowHeaders: [content-type] }",
        ),
      ]),
      ...shop,
    ),
    cured: yaml(
      rules([
        lane('exact: v1', 'v1'),
        baseline(
          ", corsPolicy: { allowOrigins: [{ exact: 'https://shop.example.com' }], allowHeaders: [content-type, Project-Version] }",
        ),
      ]),
      ...shop,
    ),
    at: 'allowHeaders',
    shown: true,
  },
  {
    code: 'TL026',
    title: 'a DestinationRule where nobody looks for it',
    broken: yaml(
      object(
        istio,
        'DestinationRule',
        'shop',
        'spec: { host: shop.shop.svc.cluster.local }',
        'nowhere',
      ),
      ...shop,
    ),
    cured: yaml(
      object(
        istio,
        'DestinationRule',
        'shop',
        'spec: { host: shop.shop.svc.cluster.local }',
        'town',
      ),
      ...shop,
      caller('town'),
    ),
    at: 'nowhere',
    shown: false,
  },
  {
    code: 'TL027',
    title: 'a host outside that gets the lane',
    broken: yaml(
      rightRules,
      ...shop,
      object(
        istio,
        'ServiceEntry',
        'api',
        'spec: { hosts: [api.example.com], ports: [{ number: 80, name: http, protocol: HTTP }], resolution: DNS }',
      ),
    ),
    cured: yaml(
      rightRules,
      ...shop,
      object(
        istio,
        'ServiceEntry',
        'api',
        'spec: { hosts: [api.example.com], ports: [{ number: 80, name: http, protocol: HTTP }], resolution: DNS }',
      ),
      object(
        istio,
        'VirtualService',
        'api',
        'spec: { hosts: [api.example.com], http: [{ headers: { request: { remove: [project-version] } }, route: [{ destination: { host: api.example.com } }] }] }',
      ),
    ),
    at: '[api.example.com]',
    shown: false,
  },
  {
    code: 'TL028',
    title: 'a subset with two meanings',
    broken: yaml(
      rules([lane('exact: v1', 'v1'), baseline()]),
      ...shop,
      object(
        istio,
        'DestinationRule',
        'z',
        'spec: { host: shop, subsets: [{ name: v1, labels: { version: v2 } }] }',
      ),
    ),
    cured: yaml(
      rules([lane('exact: v1', 'v1'), baseline()]),
      ...shop,
      object(
        istio,
        'DestinationRule',
        'z',
        'spec: { host: shop, subsets: [{ name: v1, labels: { version: v1 } }] }',
      ),
    ),
    at: '{ name: v1, labels: { version: v2',
    shown: true,
  },
  {
    code: 'TL029',
    title: 'an idle time-out of a subset',
    broken: object(
      istio,
      'DestinationRule',
      'a',
      'spec: { host: shop, subsets: [{ name: v1, labels: { version: v1 }, trafficPolicy: { connectionPool: { http: { idleTimeout: 30s } } } }] }',
    ).trim(),
    cured: object(
      istio,
      'DestinationRule',
      'a',
      'spec: { host: shop, trafficPolicy: { connectionPool: { http: { idleTimeout: 30s } } }, subsets: [{ name: v1, labels: { version: v1 } }] }',
    ).trim(),
    at: 'idleTimeout',
    shown: false,
  },
  {
    code: 'TL031',
    title: 'a retry that can repeat a POST',
    broken: yaml(rules([baseline(', retries: { attempts: 2, retryOn: 5xx }')]), ...shop),
    cured: yaml(
      rules([
        '{ match: [{ method: { exact: GET } }], route: [{ destination: { host: shop, subset: release } }], retries: { attempts: 2, retryOn: 5xx } }',
        baseline(),
      ]),
      ...shop,
    ),
    at: '5xx',
    shown: true,
  },
  {
    code: 'TL032',
    title: 'no time for a second try',
    broken: yaml(
      rules([baseline(', timeout: 3s, retries: { attempts: 2, perTryTimeout: 3s }')]),
      ...shop,
    ),
    cured: yaml(
      rules([baseline(', timeout: 3s, retries: { attempts: 2, perTryTimeout: 1s }')]),
      ...shop,
    ),
    at: '3s } }',
    shown: true,
  },
  {
    code: 'TL033',
    title: 'a filter for gateways on a workload',
    broken: yaml(
      filter(
        'workloadSelector: { labels: { app: shop } }, configPatches: [{ applyTo: HTTP_FILTER, match: { context: GATEWAY }, patch: { operation: INSERT_FIRST, value: { name: a } } }]',
      ),
      ...shop,
    ),
    cured: yaml(
      filter(
        'workloadSelector: { labels: { app: shop } }, configPatches: [{ applyTo: HTTP_FILTER, match: { context: SIDECAR_INBOUND }, patch: { operation: INSERT_FIRST, value: { name: a } } }]',
      ),
      ...shop,
    ),
    at: 'GATEWAY',
    shown: false,
  },
  {
    code: 'TL035',
    title: 'a lane that everybody chooses',
    broken: yaml(
      rules([lane('exact: v1', 'v1'), baseline()], {
        hosts: '[shop.example.com, shop]',
        spec: 'gateways: [edge, mesh]',
      }),
      edge('HTTPS'),
      ...shop,
    ),
    cured: yaml(
      rules(
        [
          lane('exact: v1', 'v1'),
          baseline(', headers: { request: { remove: [project-version] } }'),
        ],
        { hosts: '[shop.example.com, shop]', spec: 'gateways: [edge, mesh]' },
      ),
      edge('HTTPS'),
      ...shop,
    ),
    at: 'gateways',
    shown: true,
  },
  {
    code: 'TL036',
    title: 'Lua in a deprecated field',
    broken: filter(
      'configPatches: [{ applyTo: HTTP_FILTER, match: { context: SIDECAR_INBOUND }, patch: { operation: INSERT_FIRST, value: { name: lua, typed_config: { inlineCode: x } } } }]',
    ).trim(),
    cured: filter(
      'configPatches: [{ applyTo: HTTP_FILTER, match: { context: SIDECAR_INBOUND }, patch: { operation: INSERT_FIRST, value: { name: lua, typed_config: { default_source_code: { inline_string: x } } } } }]',
    ).trim(),
    at: 'inlineCode',
    shown: false,
  },
  {
    code: 'TL038',
    title: 'an apiVersion of before',
    broken: object('networking.istio.io/v1alpha3', 'Gateway', 'a', 'spec: { servers: [] }').trim(),
    cured: object(istio, 'Gateway', 'a', 'spec: { servers: [] }').trim(),
    at: 'networking.istio.io/v1alpha3',
    shown: false,
  },
]

/** A Gateway that ends TLS. */
function edge(protocol: string): string {
  return object(
    istio,
    'Gateway',
    'edge',
    `spec: { selector: { istio: ingressgateway }, servers: [{ port: { number: 443, name: a, protocol: ${protocol} }, tls: { mode: SIMPLE, credentialName: a }, hosts: [shop.example.com] }] }`,
  )
}
