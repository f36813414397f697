import { Agent, createServer } from 'node:http'
import { createProxyServer } from 'http-proxy-3'
import { choose, readPorts } from './routes.js'

const ports = readPorts()
const agent = new Agent({ keepAlive: true, keepAliveMsecs: 60_000 })
const proxy = createProxyServer({ agent })
const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
  proxy.web(request, response, { target: `http://127.0.0.1:${choose(ports, request.headers)}` })
})
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
