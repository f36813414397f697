// Knows nothing of lanes: a request for `/CLIENT…/LANE` calls the upstream of the first argument by that client, at
// `/LANE`. As many as the second argument says call at once, so that they wait for one connection.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2'
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

const GRPC = '@grpc/grpc-js'

const text = { serialize: (value) => Buffer.from(value), deserialize: String }

async function callOn({ request }, callback) {
  await (await fetch(request)).text()
  callback(null, 'ok')
}

/** Calls a gRPC server of this app, which calls the upstream. */
async function byGrpc({ Client, Metadata, Server, ServerCredentials, credentials }) {
  const server = new Server()
  const method = {
    path: '/lanes.Test/Call',
    requestStream: false,
    responseStream: false,
    requestSerialize: text.serialize,
    requestDeserialize: text.deserialize,
    responseSerialize: text.serialize,
    responseDeserialize: text.deserialize,
  }
  server.addService({ call: method }, { call: callOn })
  const port = await new Promise((resolve) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (_, bound) =>
      resolve(bound),
    )
  })
  // Needed up to 1.9, deprecated since.
  if (!('createConnectionInjector' in server)) server.start()
  const client = new Client(`localhost:${port}`, credentials.createInsecure())
  return (url) =>
    new Promise((resolve, reject) => {
      const { serialize, deserialize } = text
      const done = (error, answer) => (error ? reject(error) : resolve(answer))
      client.makeUnaryRequest(method.path, serialize, deserialize, url, new Metadata(), done)
    })
}

/** Calls an HTTP/2 server of this app, which calls the upstream. */
async function byHttp2() {
  const http2Server = createHttp2Server(async (request, response) => {
    await (await fetch(`${upstream}${request.url}`)).text()
    response.end('ok')
  })
  await once(http2Server.listen(0, '127.0.0.1'), 'listening')
  const session = connectHttp2(`http://localhost:${http2Server.address().port}`)
  return (url) =>
    new Promise((resolve, reject) => {
      const stream = session.request({ ':path': new URL(url).pathname })
      stream.on('error', reject).on('close', resolve).resume()
    })
}

const clients = {
  'grpc-js': async () => byGrpc(await load(GRPC)),
  'grpc-js, by require': () => byGrpc(require(GRPC)),
  'grpc-js-1-8': async () => byGrpc(await load('grpc-js-1-8')),
  'node:http2': byHttp2,
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
