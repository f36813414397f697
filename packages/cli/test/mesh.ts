import { buildMesh, loadManifests } from '@traffic-lanes/routing'
import type { Mesh, Workload } from '@traffic-lanes/routing'

/** What the engine makes of this YAML. */
export function meshOf(text: string): Mesh {
  return buildMesh(loadManifests([{ file: 'm.yaml', text }]).resources)
}

/** A Deployment `shop` in namespace `lab` with this container, and these lines in its spec. */
export function deploymentOf(container: string, spec = ''): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: shop, namespace: lab }
spec:
  ${spec}
  selector: { matchLabels: { app: shop } }
  template:
    metadata: { labels: { app: shop, version: v1 } }
    spec:
      containers:
        - ${container.replaceAll(/\s*\n\s*/g, ' ')}
`
}

export function workloadOf(container: string): Workload {
  const [workload] = meshOf(deploymentOf(container)).workloads
  if (workload === undefined) throw new TypeError('the manifest holds no Deployment')
  return workload
}
