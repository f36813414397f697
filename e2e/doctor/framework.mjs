// Leaks in a handler that a framework calls.
import { createRequire } from 'node:module'

// It is a dependency of the package's tests, not of the workspace.
const require = createRequire(import.meta.resolve('@traffic-lanes/propagation/package.json'))
const load = (name) => import(require.resolve(name))

const { default: fastify } = await load('fastify')
const app = fastify()
app.all('/', async () => {
  await fetch('https://api.example.com/', { headers: { 'project-version': 'release-v1' } })
  return 'ok'
})
await app.listen({ port: 0 })
