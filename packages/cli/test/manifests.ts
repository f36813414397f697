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
export function virtualService(name: string, http: readonly string[], namespace = 'shop'): string {
  return `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  hosts: [${name}]
  http:
${http.map((entry) => `  - ${entry}`).join('\n')}`
}
