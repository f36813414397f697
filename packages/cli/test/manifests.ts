/** Manifests for tests, in the namespace `shop` where nothing else is said. */

export function deployment(
  name: string,
  labels: Readonly<Record<string, string>>,
  namespace = 'shop',
): string {
  return `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  selector: { matchLabels: ${JSON.stringify(labels)} }
  template:
    metadata: { labels: ${JSON.stringify(labels)} }
    spec: { containers: [{ name: main, image: main }] }`
}

/** A Service on port 80 and a Deployment for each version. */
export function app(name: string, versions: readonly string[], namespace = 'shop'): string {
  const service = `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: ${namespace} }
spec: { selector: { app: ${name} }, ports: [{ name: http, port: 80, targetPort: 8080 }] }`
  return [
    service,
    ...versions.map((version) =>
      deployment(`${name}-${version}`, { app: name, version }, namespace),
    ),
  ].join('\n---')
}

/** A DestinationRule with a subset for each version. */
export function destinationRule(
  name: string,
  versions: readonly string[],
  namespace = 'shop',
): string {
  const subsets = versions.map((version) => `{ name: ${version}, labels: { version: ${version} } }`)
  return `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ${name}, namespace: ${namespace} }
spec: { host: ${name}, subsets: [${subsets.join(', ')}] }`
}

/** A VirtualService with these `http` entries, each of them YAML in flow style. */
export function virtualService(
  name: string,
  http: readonly string[],
  { namespace = 'shop', hosts = `[${name}]`, gateways = '[mesh]' } = {},
): string {
  return `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  hosts: ${hosts}
  gateways: ${gateways}
  http:
${http.map((entry) => `  - ${entry}`).join('\n')}`
}

/** A route to a subset, for one lane or for every request. */
export function toSubset(service: string, subset: string, lane?: string): string {
  const match =
    lane === undefined ? '' : `match: [{ headers: { project-version: { exact: ${lane} } } }], `
  return `{ ${match}route: [{ destination: { host: ${service}, subset: ${subset} } }] }`
}

/** Two Services in lanes, one without, and a Gateway: the shop that the tests go to. */
export const SHOP: Readonly<Record<string, string>> = {
  'cart.yaml': [
    app('cart', ['main', 'blue', 'green']),
    destinationRule('cart', ['main', 'blue', 'green']),
    virtualService(
      'cart',
      [
        toSubset('cart', 'blue', 'blue'),
        toSubset('cart', 'green', 'green'),
        toSubset('cart', 'main'),
      ],
      { hosts: '[cart, cart.example.com]', gateways: '[mesh, door]' },
    ),
  ].join('\n---'),
  'pay.yaml': [
    app('pay', ['main', 'blue', 'red']),
    destinationRule('pay', ['main', 'blue', 'red']),
    virtualService('pay', [
      toSubset('pay', 'blue', 'blue'),
      toSubset('pay', 'red', 'red'),
      toSubset('pay', 'main'),
    ]),
  ].join('\n---'),
  'stock.yaml': app('stock', ['main']),
  'door.yaml': `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: door, namespace: shop }
spec:
  selector: { istio: ingressgateway }
  servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ['*'] }]`,
}
