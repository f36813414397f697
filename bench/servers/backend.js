// A backend: answers a few bytes with who it is. Run with a name.
import { createServer } from 'node:http'

const [name] = process.argv.slice(2)
const body = Buffer.from(name)
const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
  response.writeHead(200, { 'content-type': 'text/plain', 'content-length': body.length })
  response.end(body)
})
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
