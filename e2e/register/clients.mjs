// Knows nothing of lanes: a request for `/CLIENT…/LANE` calls the upstream of the first argument by that client, at
// `/LANE`. As many as the second argument says call at once, so that they wait for one connection.
import { createServer } from 'node:http'
import { createRequire } from 'node:module'

// The clients are dependencies of the package's tests, not of the workspace.
const require = createRequire(import.meta.resolve('@traffic-lanes/propagation/package.json'))
const load = (name) => import(require.resolve(name))

const [upstream, size] = process.argv.slice(2)
const one = { connections: 1, pipelining: 1 }

const read = async (answer) => (await answer).body.text()

/** What can be called of one copy of undici. */
const byUndici = {
  request: (undici) => {
    undici.setGlobalDispatcher(new undici.Agent(one))
    return (url) => read(undici.request(url))
  },
  pool: (undici) => {
    const pool = new undici.Pool(upstream, one)
    return (url) => read(pool.request({ path: new URL(url).pathname, method: 'GET' }))
  },
  fetch: (undici) => {
    const dispatcher = new undici.Agent(one)
    return async (url) => (await undici.fetch(url, { dispatcher })).text()
  },
  // The one of Node, by the dispatcher of another copy.
  'global fetch': (undici) => {
    undici.setGlobalDispatcher(new undici.Agent(one))
    return async (url) => (await fetch(url)).text()
  },
}

const clients = {
  WebSocket: () => (url) =>
    new Promise((resolve) => {
      new WebSocket(url.replace('http:', 'ws:')).addEventListener('error', resolve)
    }),
}

async function connect(name, how, way) {
  if (clients[name] !== undefined) return clients[name]()
  return byUndici[how](way === 'require' ? require(name) : await load(name))
}

let waiting = []

const server = createServer(async ({ url }, response) => {
  const [lane, ...client] = decodeURIComponent(url).slice(1).split('/').toReversed()
  await new Promise((resolve) => {
    waiting.push(resolve)
    if (waiting.length === Number(size)) void start(waiting, client.toReversed())
  })
  await call(`${upstream}/${lane}`)
  response.end('ok')
})

let call

async function start(batch, client) {
  waiting = []
  call = await connect(...client)
  for (const go of batch) go()
}

server.listen(0, '127.0.0.1', () => console.log(server.address().port))
process.stdin.on('end', () => process.exit()).resume()
