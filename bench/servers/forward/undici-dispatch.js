// What is left of a forwarder on Node's server and undici's leanest way to send when it does nothing else: no
// decision, no body of a request, no failure, no back-pressure. A floor for whatever stands on these two.
import { createServer } from 'node:http'
import { Agent } from 'undici'
import { choose, readPorts } from './routes.js'

const ports = readPorts()
const agent = new Agent({ keepAliveTimeout: 60_000, headersTimeout: 0, bodyTimeout: 0 })

class Handler {
  constructor(response) {
    this.response = response
  }
  onConnect() {}
  onHeaders(status, raw) {
    this.response.writeHead(
      status,
      raw.map((part) => part.latin1Slice()),
    )
    return true
  }
  onData(chunk) {
    this.response.end(chunk.latin1Slice(), 'latin1')
    return true
  }
  onComplete() {}
  onError() {
    this.response.destroy()
  }
}

const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
  const { method, url: path, headers, rawHeaders } = request
  const origin = `http://127.0.0.1:${choose(ports, headers)}`
  agent.dispatch({ origin, path, method, headers: rawHeaders, body: null }, new Handler(response))
})
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
