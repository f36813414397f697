import { describe, expect, it } from 'vitest'
import { ask, complaintsAbout, istio, otherwise, shop, virtualService } from './world.ts'

const said = (kind: string, spec: string) =>
  complaintsAbout(istio(kind, 'x', spec)).filter((line) => line.includes('; Istio refuses'))

const to = 'route: [{ destination: { host: shop } }]'

describe('what Istio’s webhook refuses', () => {
  it('is not there', () => {
    const mesh = shop(['{ redirect: { uri: /x }, rewrite: { uri: /y } }', otherwise('a')])
    expect(mesh.diagnostics).toHaveLength(1)
    expect(ask(mesh, 'http://shop/').route?.name).toBe('default')
  })

  it('has its place, and says what became of it', () => {
    expect(
      complaintsAbout(virtualService([`{ retries: { attempts: 1, retryOn: x }, ${to} }`])),
    ).toEqual([
      'mesh.yaml:8:40: error: VirtualService shop/rule: spec.http[0].retries.retryOn has no meaning ' +
        'for "x": write words and commas, no spaces; Istio refuses the object [refused]',
    ])
  })

  it.each([
    ['{ gateways: [door], http: [{ ROUTE }] }', 'spec.gateways may not stand in a delegate'],
    ['{ http: [{ delegate: { name: x } }] }', 'spec.http[0].delegate may not stand in a delegate'],
    ['{ hosts: [shop] }', 'spec needs one of'],
    ['{ hosts: ["*"], http: [{ ROUTE }] }', 'spec.hosts[0] must not be "*" in the mesh'],
    ['{ hosts: [a_b], http: [{ ROUTE }] }', 'spec.hosts[0] is no host, got "a_b"'],
    ['{ hosts: [a.com, "*.com"], http: [{ ROUTE }] }', 'spec.hosts[0] is one of "*.com"'],
    ['{ hosts: [shop], gateways: [./x], http: [{ ROUTE }] }', 'spec.gateways[0] must be NAMESPACE'],
    [
      '{ hosts: [shop], exportTo: ["~"], http: [{ ROUTE }] }',
      'spec.exportTo[0] must be "." or "*"',
    ],
    ['{ hosts: [shop], exportTo: ["*", x], http: [{ ROUTE }] }', 'spec.exportTo has "*" and more'],
    ['{ hosts: [shop], exportTo: [., shop], http: [{ ROUTE }] }', 'spec.exportTo[1] says "shop" a'],
    ['{ hosts: [shop], tls: [{ match: [{ sniHosts: [x] }], ROUTE }] }', 'is none of the `hosts`'],
    [
      '{ hosts: [shop], tcp: [{ match: [{ destinationSubnets: [x] }], ROUTE }] }',
      'destinationSubnets[0] must be an address or a CIDR block',
    ],
  ])('of a VirtualService: %s', (spec, message) => {
    expect(said('VirtualService', spec.replace('ROUTE', to)).join('\n')).toContain(message)
  })

  it.each([
    ['delegate: { name: x }, redirect: { uri: /x }', 'redirect may not stand beside a delegate'],
    ['redirect: { uri: /x }, ROUTE', 'route may not stand beside `redirect`'],
    [
      'directResponse: { status: 200 }, rewrite: { uri: / }',
      'rewrite may not stand beside `direct',
    ],
    ['fault: {}, ROUTE', 'fault needs an `abort` or a `delay`'],
    ['fault: { abort: { grpcStatus: X } }, ROUTE', 'grpcStatus is no status of gRPC'],
    ['fault: { delay: { exponentialDelay: 1s } }, ROUTE', 'exponentialDelay is not supported'],
    ['fault: { delay: { fixedDelay: 1s, percentage: { value: 0.00001 } } }, ROUTE', 'must be 0 or'],
    ['match: [{ scheme: { prefix: "" } }], ROUTE', 'scheme.prefix must not be empty'],
    ['match: [{ headers: { "a b": { exact: x } } }], ROUTE', 'is no name of a header'],
    ['match: [{ headers: { "@request.auth.claims.a": {} } }], ROUTE', 'matches a claim of a token'],
    ['match: [{ sourceNamespace: a_b }], ROUTE', 'sourceNamespace is no name of a namespace'],
    ['match: [{ sourceLabels: { a: "b c" } }], ROUTE', 'sourceLabels.a is no value of a label'],
    ['match: [{ gateways: [a/b_c] }], ROUTE', 'gateways[0] must be NAMESPACE/NAME'],
    ['headers: { request: { remove: [host] } }, ROUTE', 'is no header that can be removed'],
    ['headers: { response: { set: { host: x } } }, ROUTE', 'is no header that can be changed'],
    ['headers: { request: { set: { a: "%" } } }, ROUTE', 'is no value that Envoy can read'],
    ['headers: { request: { set: { a: "%X(" } } }, ROUTE', 'is no value that Envoy can read'],
    [
      String.raw`headers: { request: { set: { a: "b\x01" } } }, ROUTE`,
      'is no value that Envoy can read',
    ],
    [
      String.raw`headers: { request: { set: { a: "b\x7F" } } }, ROUTE`,
      'is no value that Envoy can read',
    ],
    [
      'rewrite: { authority: a }, headers: { request: { set: { host: b } } }, ROUTE',
      'sets the Host',
    ],
    ['rewrite: { uri: /, uriRegexRewrite: { match: a, rewrite: b } }, ROUTE', 'beside `uri`'],
    ['rewrite: { uriRegexRewrite: { match: a } }, ROUTE', 'needs both `match` and `rewrite`'],
    ['rewrite: {}, ROUTE', 'rewrite needs a `uri`'],
    ['redirect: {}', 'redirect needs a `uri`'],
    ['redirect: { scheme: ftp }', 'scheme must be http or https'],
    [
      'retries: { attempts: 0, retryOn: 5xx }, ROUTE',
      'retries must have no more than `attempts: 0`',
    ],
    ['retries: { attempts: 1, retryOn: "5xx, reset" }, ROUTE', 'has no meaning for " reset"'],
    [
      'mirror: { host: a }, mirrors: [{ destination: { host: b } }], ROUTE',
      'stand beside `mirror`',
    ],
    ['mirror: { host: "*" }, ROUTE', 'mirror.host is no host of a Service'],
    ['route: [{ destination: { host: a, subset: a.b } }]', 'subset must be a DNS label'],
    ['corsPolicy: { allowMethods: [get] }, ROUTE', 'allowMethods[0] is no method of HTTP'],
    ['corsPolicy: { allowOrigins: [{ exact: "" }] }, ROUTE', 'allowOrigins[0] must not be empty'],
    ['corsPolicy: { maxAge: 1500ms }, ROUTE', 'maxAge must be whole seconds'],
    ['timeout: 1.0005s, ROUTE', 'timeout must be whole milliseconds'],
  ])('of a rule: %s', (rule, message) => {
    const spec = `{ hosts: [shop], http: [{ ${rule.replace('ROUTE', to)} }] }`
    expect(said('VirtualService', spec).join('\n')).toContain(message)
  })

  it.each([
    ['Gateway', '{ servers: [] }', 'spec needs `servers`'],
    ['Gateway', server('HTTP', 'tls: { mode: SIMPLE, credentialName: x }'), 'beside protocol HTTP'],
    ['Gateway', server('HTTPS', ''), 'protocol needs `tls`'],
    ['Gateway', server('HTTPS', 'tls: { mode: SIMPLE }'), 'needs `serverCertificate`'],
    ['Gateway', server('HTTPS', 'tls: { mode: MUTUAL }'), 'needs `caCertificates`'],
    ['Gateway', server('FTP', ''), 'is no protocol that Istio knows, got "FTP"'],
    ['Gateway', server('HTTP', 'bind: x'), 'bind must be an IP address'],
    ['Gateway', server('HTTP', '', 'shop'), 'must have a full host, got "shop"'],
    ['Gateway', server('HTTP', '', 'a*.example.com'), 'must have a full host'],
    ['Gateway', server('HTTP', '', '~/shop.example.com'), 'begins with what is no namespace'],
    ['DestinationRule', '{ host: "" }', 'spec.host is no host'],
    [
      'DestinationRule',
      '{ host: a, trafficPolicy: {} }',
      'trafficPolicy needs at least one setting',
    ],
    ['DestinationRule', '{ host: a, subsets: [{ name: b }, { name: b }] }', 'of an earlier subset'],
    ['DestinationRule', '{ host: a, subsets: [{ name: "" }] }', 'name must be a DNS label'],
    [
      'DestinationRule',
      '{ host: a, exportTo: ["*"], workloadSelector: { matchLabels: { a: b } } }',
      'may name only the own namespace',
    ],
    [
      'DestinationRule',
      '{ host: a, trafficPolicy: { outlierDetection: { consecutiveLocalOriginFailures: 1 } } }',
      'needs `splitExternalLocalOriginErrors`',
    ],
    [
      'DestinationRule',
      '{ host: a, trafficPolicy: { loadBalancer: { consistentHash: { maglev: { tableSize: 4 } } } } }',
      'needs a `tableSize` that is prime',
    ],
    [
      'DestinationRule',
      '{ host: a, trafficPolicy: { tls: { mode: MUTUAL } } }',
      'clientCertificate',
    ],
    ['ServiceEntry', entry('hosts: ["*.a.com"], resolution: DNS'), 'must be a full name'],
    [
      'ServiceEntry',
      entry('hosts: [a.com], resolution: STATIC, endpoints: [{ address: b.com }]'),
      'endpoints[0].address must be an IP address',
    ],
    [
      'ServiceEntry',
      entry('hosts: [a.com, b.com], resolution: DNS', 'TCP'),
      'for bytes do not tell hosts apart',
    ],
    ['WorkloadEntry', '{ address: a_b }', 'spec.address must be an IP address or a host'],
    ['WorkloadEntry', '{ address: "unix://x" }', 'spec.address is no path of a socket'],
    ['Sidecar', '{}', 'spec must not be empty'],
    ['Sidecar', '{ egress: [{ hosts: [a] }] }', 'spec.egress[0].hosts[0] must be NAMESPACE/HOST'],
    [
      'Sidecar',
      '{ egress: [{ hosts: ["*/*"] }, { hosts: ["./*"] }] }',
      'spec.egress[0] has no `port`, so it must be the last',
    ],
    [
      'Sidecar',
      '{ ingress: [{ port: { number: 80, name: x, protocol: TCP }, defaultEndpoint: "1.2.3.4:80" }] }',
      'defaultEndpoint must be 127.0.0.1:PORT',
    ],
  ])('of a %s: %s', (kind, spec, message) => {
    expect(said(kind, spec).join('\n')).toContain(message)
  })

  it.each([
    ['VirtualService', `{ hosts: [shop], http: [{ match: [{ uri: { prefix: "" } }], ${to} }] }`],
    ['VirtualService', `{ hosts: ["*"], gateways: [door], http: [{ ${to} }] }`],
    ['VirtualService', '{ http: [{ redirect: { derivePort: FROM_REQUEST_PORT } }] }'],
    ['Gateway', server('HTTP', 'tls: { httpsRedirect: true }')],
    ['Gateway', server('TLS', 'tls: { mode: AUTO_PASSTHROUGH }')],
    ['Gateway', server('HTTP', '', './*')],
    ['DestinationRule', '{ host: "*.shop", exportTo: [.] }'],
    ['ServiceEntry', entry('hosts: ["*.a.com"], resolution: DYNAMIC_DNS, location: MESH_EXTERNAL')],
    ['ServiceEntry', entry('hosts: [a.com], exportTo: ["~"]')],
    ['Sidecar', '{ egress: [{ hosts: ["~/*"] }] }'],
  ])('is nothing of a %s: %s', (kind, spec) => {
    expect(said(kind, spec)).toEqual([])
  })
})

function server(protocol: string, more: string, host = '*.example.com'): string {
  return `{ selector: { a: b }, servers: [{ hosts: ["${host}"], port: { number: 80, name: x, protocol: ${protocol} }, ${more} }] }`
}

function entry(more: string, protocol = 'HTTP'): string {
  return `{ ports: [{ number: 80, name: x, protocol: ${protocol} }], ${more} }`
}
