// The routes that every forwarder of the benchmark has: three versions, chosen by the lane's header.

export const versions = ['release', 'release-v1', 'release-v2']

/** For the engine, as a user would write them. */
export const manifests = `
apiVersion: v1
kind: Service
metadata: { name: testbbb, namespace: shop }
spec:
  selector: { app: testbbb }
  ports: [{ name: http, port: 32000 }]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: testbbb, namespace: shop }
spec:
  host: testbbb.shop.svc.cluster.local
  subsets: [${versions.map((version) => `{ name: ${version}, labels: { version: ${version} } }`).join(', ')}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: testbbb, namespace: shop }
spec:
  hosts: [testbbb.shop.svc.cluster.local]
  http:
${versions
  .slice(1)
  .map(
    (version) => `    - match: [{ headers: { project-version: { exact: ${version} } } }]
      route: [{ destination: { host: testbbb.shop.svc.cluster.local, subset: ${version} } }]
`,
  )
  .join(
    '',
  )}    - route: [{ destination: { host: testbbb.shop.svc.cluster.local, subset: release } }]
${['caller', ...versions]
  .map(
    (name) => `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  selector: { matchLabels: { app: ${name === 'caller' ? 'caller' : 'testbbb'}, version: ${name} } }
  template:
    metadata: { labels: { app: ${name === 'caller' ? 'caller' : 'testbbb'}, version: ${name} } }
    spec: { containers: [{ name: app, image: app }] }
`,
  )
  .join('')}`

/** \`release=4001 release-v1=4002 …\` of the command line, as a map from version to port. */
export function readPorts() {
  return new Map(
    process.argv.slice(2).map((pair) => {
      const [version, port] = pair.split('=')
      return [version, Number(port)]
    }),
  )
}

/** The port that a request's lane leads to. */
export function choose(ports, headers) {
  return ports.get(headers['project-version']) ?? ports.get('release')
}
