import { createServer } from 'node:http'
import fastProxy from 'fast-proxy'
import { choose, readPorts } from './routes.js'

// One for each destination: its pools know one only.
const ports = readPorts()
const proxies = new Map(
  [...ports.values()].map((port) => [
    port,
    fastProxy({ base: `http://127.0.0.1:${port}`, undici: true }),
  ]),
)
const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
  proxies.get(choose(ports, request.headers)).proxy(request, response, request.url, {})
})
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
