import { createServer } from 'node:http'
import { Agent } from 'undici'
import { choose, readPorts } from './routes.js'

const ports = readPorts()
const agent = new Agent({ keepAliveTimeout: 60_000 })
const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
  const { method, url: path, headers } = request
  const { connection: _, ...passed } = headers
  const origin = `http://127.0.0.1:${choose(ports, headers)}`
  const body = method === 'GET' || method === 'HEAD' ? null : request
  const options = { origin, path, method, headers: passed, body }
  agent
    .stream(options, ({ statusCode, headers: { connection: __, ...received } }) => {
      response.writeHead(statusCode, received)
      return response
    })
    // The load leaves in the middle of answers.
    .catch(() => (response.headersSent ? response.destroy() : response.writeHead(503).end()))
})
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
