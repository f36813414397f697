// Knows nothing of lanes: answers with what its upstream says, asked by the global dispatcher of a copy of undici that
// is loaded before Node's own (`package`), or after it (`node`).
import { createServer } from 'node:http'
import { createRequire } from 'node:module'

// The clients are dependencies of the package's tests, not of the workspace.
const require = createRequire(import.meta.resolve('@traffic-lanes/propagation/package.json'))
const load = (name) => require(name)

const [upstream, name, first] = process.argv.slice(2)
const before = first === 'package' ? load(name) : undefined
await (await fetch(upstream)).text()
const { request, fetch: fetchByPackage } = before ?? load(name)

createServer(async (_, response) => {
  const { body } = await request(upstream)
  const answer = await fetchByPackage(upstream)
  response.end(`${await body.text()} ${await answer.text()}`)
}).listen(0, '127.0.0.1', function listening() {
  console.log(this.address().port)
})
