import { Agent, createServer, request as send } from 'node:http'
import { choose, readPorts } from './routes.js'

const ports = readPorts()
const agent = new Agent({ keepAlive: true, keepAliveMsecs: 60_000 })
const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
  const { method, url: path, headers } = request
  const port = choose(ports, headers)
  const outgoing = send({ host: '127.0.0.1', port, method, path, headers, agent }, (incoming) => {
    response.writeHead(incoming.statusCode, incoming.headers)
    incoming.pipe(response)
  })
  outgoing.on('error', () =>
    response.headersSent ? response.destroy() : response.writeHead(503).end(),
  )
  request.pipe(outgoing)
})
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
