import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { ROOT } from './lanes.ts'

/** A folder with manifests, a lanes.yaml and the program that its workloads run. */
export interface Project {
  readonly folder: string
  write(file: string, text: string): void
  read(file: string): string
  remove(file: string): void
  /** Removes the folder. */
  delete(): void
}

/**
 * A mesh of its own: Service `web` (port 8000) with the versions `release` and `v1`, entered through
 * gateway `lab/edge`, and Service `back` (port 9000) with `release`. Every version runs app.cjs.
 * It is gone after the test.
 */
export function smallProject(changes: Readonly<Record<string, string>> = {}): Project {
  const project = createProject(changes)
  onTestFinished(() => project.delete())
  return project
}

/** The same, for who deletes it himself. */
export function createProject(changes: Readonly<Record<string, string>> = {}): Project {
  const files = {
    'app.cjs': readFileSync(join(ROOT, 'e2e/app.cjs'), 'utf8'),
    'lanes.yaml': LANES,
    'k8s/services.yaml': service('web', 8000) + service('back', 9000),
    'k8s/web-release.yaml': deployment('web', 'release', 8000),
    'k8s/web-v1.yaml': deployment('web', 'v1', 8000),
    'k8s/back-release.yaml': deployment('back', 'release', 9000),
    'k8s/routes.yaml': ROUTES,
    ...changes,
  }
  const folder = mkdtempSync(join(tmpdir(), 'lanes-e2e-'))
  mkdirSync(join(folder, 'k8s'))
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text)
  return {
    folder,
    write: (file, text) => writeFileSync(join(folder, file), text),
    read: (file) => readFileSync(join(folder, file), 'utf8'),
    remove: (file) => rmSync(join(folder, file)),
    delete: () => rmSync(folder, { recursive: true, force: true }),
  }
}

export function deployment(app: string, version: string, port: number): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${app}-${version}, namespace: lab }
spec:
  selector: { matchLabels: { app: ${app}, version: ${version} } }
  template:
    metadata: { labels: { app: ${app}, version: ${version} } }
    spec:
      containers:
        - name: app
          image: example.com/${app}:${version}
          ports: [{ name: http, containerPort: ${port} }]
          env:
            - { name: NAME, value: ${app} }
            - name: PROJECT_VERSION
              valueFrom: { fieldRef: { fieldPath: "metadata.labels['version']" } }
          readinessProbe: { httpGet: { path: /readyz, port: http } }
`
}

function service(app: string, port: number): string {
  return `---
apiVersion: v1
kind: Service
metadata: { name: ${app}, namespace: lab }
spec:
  selector: { app: ${app} }
  ports: [{ name: http, port: ${port}, targetPort: http, appProtocol: http }]
`
}

const LANES = `apiVersion: traffic-lanes.dev/v1alpha1
kind: LocalMesh
spec:
  workloads:
    - { app: web, command: [node, app.cjs] }
    - { app: back, command: [node, app.cjs] }
  gateways:
    - gateway: lab/edge
      listen: { 80: 0 }
`

/** Lane v1 has its own web; every other value gets the release. */
export const ROUTES = `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: edge, namespace: lab }
spec:
  selector: { istio: ingressgateway }
  servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ['*'] }]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: web, namespace: lab }
spec:
  host: web.lab.svc.cluster.local
  subsets:
    - { name: release, labels: { version: release } }
    - { name: v1, labels: { version: v1 } }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: entry, namespace: lab }
spec:
  hosts: ['*']
  gateways: [edge]
  http:
    - match: [{ headers: { project-version: { exact: v1 } } }]
      route: [{ destination: { host: web.lab.svc.cluster.local, subset: v1 } }]
    - route: [{ destination: { host: web.lab.svc.cluster.local, subset: release } }]
`
