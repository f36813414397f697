import {
  buildMesh,
  compile,
  decide,
  findProxy,
  formatDiagnostic,
  loadManifests,
} from '../src/index.ts'
import type {
  CompileOptions,
  DecideOptions,
  Decision,
  Header,
  HttpVersion,
  Mesh,
  ProxyConfig,
} from '../src/index.ts'

/** The mesh that some YAML documents describe. */
export function meshOf(...documents: readonly string[]): Mesh {
  return buildMesh(
    loadManifests([{ file: 'mesh.yaml', text: documents.join('\n---\n') }]).resources,
  )
}

/** Everything that is said about the manifests, as a terminal shows it. */
export function complaintsAbout(...documents: readonly string[]): string[] {
  const { resources, diagnostics } = loadManifests([
    { file: 'mesh.yaml', text: documents.join('\n---\n') },
  ])
  return [...diagnostics, ...buildMesh(resources).diagnostics].map(formatDiagnostic)
}

/** What a proxy is configured with. */
export function configOf(mesh: Mesh, from: string, options?: CompileOptions): ProxyConfig {
  const proxy = findProxy(mesh, from)
  if (proxy === undefined) throw new Error(`The mesh has no proxy called ${JSON.stringify(from)}.`)
  return compile(mesh, proxy, options)
}

export interface Ask extends DecideOptions {
  /** Default: the workload that `caller` makes. */
  readonly from?: string
  readonly method?: string
  readonly headers?: readonly Header[]
  /** Default: the URL's. */
  readonly port?: number
  readonly address?: string
  readonly http?: HttpVersion
  readonly showAssigned?: boolean
  readonly endpoints?: CompileOptions['endpoints']
}

/** What a proxy of the mesh decides about a request. */
export function ask(mesh: Mesh, url: string, asked: Ask = {}): Decision {
  const {
    from = 'deployment/shop/caller',
    method = 'GET',
    headers = [],
    address,
    endpoints,
    http = '1.1',
    showAssigned = false,
  } = asked
  const config = configOf(mesh, from, {
    showAssigned,
    ...(endpoints === undefined ? {} : { endpoints }),
  })
  const port = asked.port ?? Number(new URL(url).port || '80')
  const destination = address === undefined ? { port } : { port, address }
  return decide(config, { method, url, headers, destination, http }, asked)
}

/** The cluster that a decision forwards to; else what it does instead, in a few words. */
export function target(decision: Decision): string {
  const { outcome } = decision
  if (outcome.kind === 'forward' || outcome.kind === 'tcp') return outcome.cluster
  if (outcome.kind === 'respond') return [outcome.status, ...outcome.flags].join(' ')
  return outcome.kind === 'redirect' ? `${outcome.status} ${outcome.location}` : outcome.kind
}

/** The subset that a decision forwards to; else what `target` says. */
export function subset(decision: Decision): string {
  const { outcome } = decision
  return outcome.kind === 'forward' ? (outcome.subset ?? '(any)') : target(decision)
}

/** The workloads that may answer. */
export function workloads({ outcome }: Decision): string[] {
  return 'endpoints' in outcome ? outcome.endpoints.map(({ workload }) => workload ?? '(none)') : []
}

/** A Deployment that calls others. */
export function caller(namespace = 'shop', labels = '{ app: caller }'): string {
  return `
apiVersion: apps/v1
kind: Deployment
metadata: { name: caller, namespace: ${namespace} }
spec: { template: { metadata: { labels: ${labels} } } }`
}

export interface App {
  readonly namespace?: string
  readonly port?: number
  /** The rest of the Service's port, as YAML. */
  readonly declared?: string
  /** The rest of the Service's spec, as YAML. */
  readonly spec?: string
}

/** A Service and a Deployment for each version, with labels `app` and `version`. */
export function app(
  name: string,
  versions: readonly string[],
  { namespace = 'shop', port = 80, declared = 'name: http', spec = 'type: ClusterIP' }: App = {},
): string {
  const service = `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: ${namespace} }
spec: { selector: { app: ${name} }, ports: [{ port: ${port}, targetPort: 8080, ${declared} }], ${spec} }`
  const deployments = versions.map(
    (version) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}-${version}, namespace: ${namespace} }
spec: { template: { metadata: { labels: { app: ${name}, version: ${version} } } } }`,
  )
  return [service, ...deployments].join('\n---\n')
}

/** A DestinationRule with a subset for each version. */
export function subsets(name: string, versions: readonly string[], namespace = 'shop'): string {
  const list = versions.map((version) => `{ name: ${version}, labels: { version: ${version} } }`)
  return `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ${name}, namespace: ${namespace} }
spec: { host: ${name}, subsets: [${list.join(', ')}] }`
}

export interface Rule {
  readonly name?: string
  readonly namespace?: string
  readonly hosts?: string
  /** The rest of the metadata, as YAML. */
  readonly metadata?: string
  /** The rest of the spec, as YAML. */
  readonly spec?: string
}

/** An Istio object of this kind, its spec as YAML in flow style. */
export function istio(kind: string, name: string, spec: string, namespace = 'shop'): string {
  return `
apiVersion: networking.istio.io/v1
kind: ${kind}
metadata: { name: ${name}, namespace: ${namespace} }
spec: ${spec}`
}

/** The addresses and ports that may answer: `10.1.0.1:8080`. */
export function places({ outcome }: Decision): string[] {
  return 'endpoints' in outcome
    ? outcome.endpoints.map(({ address, port }) => `${address ?? '?'}:${port}`)
    : []
}

/** A VirtualService with these `http` entries, each of them YAML in flow style. */
export function virtualService(
  http: readonly string[],
  { name = 'rule', namespace = 'shop', hosts = '[shop]', metadata, spec }: Rule = {},
): string {
  return `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name}, namespace: ${namespace}${metadata === undefined ? '' : `, ${metadata}`} }
spec:
  hosts: ${hosts}
${spec === undefined ? '' : `  ${spec}\n`}  http:
${http.map((entry) => `  - ${entry}`).join('\n')}`
}

/** A route to a subset of the Service `shop`, behind a match. */
export function when(match: string, to: string): string {
  return `{ match: [${match}], route: [{ destination: { host: shop, subset: ${to} } }] }`
}

/** A route to a subset of the Service `shop` for every request. */
export function otherwise(to: string): string {
  return `{ route: [{ destination: { host: shop, subset: ${to} } }] }`
}

/** A shop with versions a and b and its rules, as its neighbour `caller` sees it. */
export function shop(http: readonly string[], rule: Rule = {}): Mesh {
  return meshOf(
    caller(),
    app('shop', ['a', 'b']),
    subsets('shop', ['a', 'b']),
    virtualService(http, rule),
  )
}
