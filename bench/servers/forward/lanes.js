// The data plane of the local mesh, with the engine's decision for each request.
import { buildMesh, compile, decide, findProxy, loadManifests } from '@traffic-lanes/routing'
import { createDataplane } from '../../../packages/cli/dist/dataplane/index.js'
import { manifests, readPorts } from './routes.js'

const ports = readPorts()
const mesh = buildMesh(loadManifests([{ file: 'routes.yaml', text: manifests }]).resources)
const config = compile(mesh, findProxy(mesh, 'deployment/shop/caller'), {
  endpoints: ({ labels }) => [{ address: '127.0.0.1', port: ports.get(labels.version) }],
})
const { port } = await createDataplane().listen({
  destination: { address: 'testbbb.shop.svc.cluster.local', port: 32_000 },
  decide: (request) => decide(config, request, { passed: false }),
})
process.send({ port })
