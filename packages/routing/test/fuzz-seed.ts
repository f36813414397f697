import { app, caller, istio, subsets, virtualService, when } from './world.ts'

/** A manifest with something of everything, document by document. */
export const seed: readonly string[] = [
  caller(),
  app('shop', ['a', 'b'], { port: 8000 }),
  app('store', ['a'], { port: 8000 }),
  app('db', ['a', 'b'], { port: 5432, declared: 'name: tcp', spec: 'clusterIP: None' }),
  subsets('shop', ['a', 'b']),
  istio(
    'VirtualService',
    'root',
    `{ hosts: [store], http: [{ match: [{ uri: { prefix: /a } }], delegate: { name: leaf, namespace: shop } }, { corsPolicy: { allowOrigins: [{ exact: "https://a.b" }], allowMethods: [GET], maxAge: 10s }, mirrors: [{ destination: { host: shop }, percentage: { value: 5 } }], route: [{ destination: { host: store } }] }] }`,
  ),
  istio(
    'VirtualService',
    'leaf',
    '{ http: [{ match: [{ uri: { prefix: /a/b } }], rewrite: { uriRegexRewrite: { match: "/a/(.*)", rewrite: "/\\\\1" } }, route: [{ destination: { host: shop } }] }] }',
  ),
  istio(
    'VirtualService',
    'db',
    '{ hosts: [db, db.example.com], tcp: [{ match: [{ port: 5432, sourceLabels: { app: caller } }], route: [{ destination: { host: db }, weight: 1 }] }], tls: [{ match: [{ port: 443, sniHosts: [db.example.com] }], route: [{ destination: { host: db, port: { number: 5432 } } }] }] }',
  ),
  istio(
    'DestinationRule',
    'policy',
    '{ host: "*.shop.svc.cluster.local", trafficPolicy: { loadBalancer: { consistentHash: { httpHeaderName: x } }, connectionPool: { tcp: { maxConnections: 1 } }, outlierDetection: { consecutive5xxErrors: 1, interval: 1s }, tls: { mode: DISABLE }, portLevelSettings: [{ port: { number: 80 }, tls: { mode: ISTIO_MUTUAL } }] }, exportTo: ["."], workloadSelector: { matchLabels: { app: caller } } }',
  ),
  istio(
    'ServiceEntry',
    'outside',
    '{ hosts: ["*.example.org", api.example.org], addresses: [240.1.1.1, 10.10.0.0/24], location: MESH_EXTERNAL, resolution: STATIC, ports: [{ number: 443, name: tls, protocol: TLS, targetPort: 8443 }, { number: 80, name: http, protocol: HTTP }], endpoints: [{ address: 10.1.2.3, ports: { http: 8080 }, labels: { version: a }, weight: 2, locality: a/b, network: east }], exportTo: ["*"], subjectAltNames: [a] }',
  ),
  istio(
    'ServiceEntry',
    'inside',
    '{ hosts: [vm.shop.internal], location: MESH_INTERNAL, resolution: STATIC, ports: [{ number: 80, name: http, protocol: HTTP }], workloadSelector: { labels: { app: vm } } }',
  ),
  istio(
    'WorkloadEntry',
    'vm',
    '{ address: 10.1.2.4, labels: { app: vm }, serviceAccount: vm, ports: { http: 8080 }, weight: 1 }',
  ),
  istio(
    'Sidecar',
    'caller',
    '{ workloadSelector: { labels: { app: caller } }, egress: [{ port: { number: 8000, protocol: HTTP, name: x }, bind: 127.0.0.1, captureMode: NONE, hosts: ["./*", "shop/*"] }, { hosts: ["*/*"] }], ingress: [{ port: { number: 80, protocol: HTTP, name: in }, defaultEndpoint: "127.0.0.1:8080" }], outboundTrafficPolicy: { mode: REGISTRY_ONLY } }',
  ),
  `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: set, namespace: shop }
spec:
  replicas: 2
  serviceName: db
  selector: { matchLabels: { app: set } }
  template: { metadata: { labels: { app: set } }, spec: { containers: [{ name: set, ports: [{ name: http, containerPort: 80 }] }] } }`,
  `
apiVersion: v1
kind: Pod
metadata: { name: pod, namespace: shop, labels: { app: shop } }
spec: { containers: [{ name: pod }], hostNetwork: false }
status: { podIP: 10.1.2.5, phase: Running, conditions: [{ type: Ready, status: "True" }] }`,
  `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: slice, namespace: shop, labels: { kubernetes.io/service-name: store } }
addressType: IPv4
ports: [{ name: http, port: 8000, protocol: TCP }]
endpoints: [{ addresses: [10.1.2.6], conditions: { ready: true }, targetRef: { kind: Pod, name: pod } }]`,
  `
apiVersion: v1
kind: Service
metadata: { name: alias, namespace: shop }
spec: { type: ExternalName, externalName: shop.shop.svc.cluster.local }`,
  `
apiVersion: v1
kind: ConfigMap
metadata: { name: istio, namespace: istio-system }
data:
  mesh: |
    outboundTrafficPolicy: { mode: ALLOW_ANY }
    defaultHttpRetryPolicy: { attempts: 1 }
    rootNamespace: istio-system`,
  `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: door, namespace: shop, creationTimestamp: "2026-01-01T00:00:00Z" }
spec:
  selector: { istio: gate }
  servers:
  - { port: { number: 80, name: http, protocol: HTTP }, hosts: ["shop/*"], tls: { httpsRedirect: false } }`,
  virtualService(
    [
      when(
        '{ headers: { x: { regex: "v[0-9]+" }, y1: { exact: a } }, withoutHeaders: { z: {} } }',
        'a',
      ),
      when(
        '{ uri: { prefix: /a }, ignoreUriCase: true, method: { exact: GET }, queryParams: { q: {} } }',
        'b',
      ),
      '{ match: [{ port: 80, gateways: [door], sourceLabels: { app: caller } }], redirect: { uri: /x, port: 81 } }',
      '{ directResponse: { status: 200, body: { string: hi } }, match: [{ uri: { exact: /hi } }] }',
      `{ rewrite: { uri: /b }, timeout: 10s, retries: { attempts: 3, retryOn: "5xx,503" },
           fault: { delay: { fixedDelay: 1s, percentage: { value: 50 } }, abort: { httpStatus: 500, percentage: { value: 50 } } },
           headers: { request: { set: { a: b }, remove: [c] } },
           route: [{ destination: { host: shop, subset: a, port: { number: 8000 } }, weight: 50, headers: { response: { add: { d: e } } } },
                   { destination: { host: shop, subset: b }, weight: 50 }] }`,
    ],
    { hosts: '[shop, shop.example.com]', spec: 'exportTo: ["*"]\n  gateways: [mesh, door]' },
  ),
  `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: edge, namespace: shop }
spec:
  gatewayClassName: istio
  addresses: []
  listeners:
  - { name: http, port: 80, protocol: HTTP, hostname: "*.example.com", allowedRoutes: { namespaces: { from: Selector, selector: { matchLabels: { a: b }, matchExpressions: [{ key: a, operator: In, values: [b] }] } }, kinds: [{ kind: HTTPRoute }] } }
  - { name: https, port: 443, protocol: HTTPS, tls: { mode: Terminate, certificateRefs: [{ name: cert, namespace: other }], options: { a: b } } }`,
  `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: http, namespace: shop }
spec:
  parentRefs: [{ name: edge, sectionName: http, port: 80 }, { group: "", kind: Service, name: store, port: 8000 }]
  hostnames: [shop.example.com]
  rules:
  - matches: [{ path: { type: PathPrefix, value: /a }, headers: [{ type: RegularExpression, name: x, value: "v.*" }], queryParams: [{ name: q, value: v }], method: GET }]
    filters:
    - { type: RequestHeaderModifier, requestHeaderModifier: { set: [{ name: a, value: b }], add: [{ name: c, value: d }], remove: [e] } }
    - { type: URLRewrite, urlRewrite: { hostname: a.b, path: { type: ReplacePrefixMatch, replacePrefixMatch: / } } }
    - { type: RequestMirror, requestMirror: { backendRef: { name: shop, port: 8000 }, fraction: { numerator: 1 } } }
    - { type: CORS, cors: { allowOrigins: ["https://*.example.com"] } }
    timeouts: { request: 10s, backendRequest: 1s }
    retry: { attempts: 1, codes: [503], backoff: 1s }
    backendRefs: [{ name: shop, port: 8000, weight: 1, filters: [] }, { name: shop, namespace: other, port: 8000 }]
  - { filters: [{ type: RequestRedirect, requestRedirect: { scheme: https, port: 443, path: { type: ReplaceFullPath, replaceFullPath: /x } } }] }`,
  `
apiVersion: gateway.networking.k8s.io/v1
kind: GRPCRoute
metadata: { name: grpc, namespace: shop }
spec:
  parentRefs: [{ group: "", kind: Service, name: store }]
  rules: [{ matches: [{ method: { service: a.B, method: C }, headers: [{ name: x, value: v1 }] }], backendRefs: [{ name: shop, port: 8000 }] }]`,
  `
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: { name: grant, namespace: other }
spec: { from: [{ group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: shop }], to: [{ group: "", kind: Service, name: shop }] }`,
].flatMap((text) => text.split('\n---\n'))
