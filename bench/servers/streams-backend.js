// A backend of large bodies: GET /N answers N bytes, and what is sent is read and counted. Both at the pace of the
// other side.
import { createServer } from 'node:http'

const CHUNK = Buffer.alloc(65_536)

const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
  if (request.method === 'GET') send(response, Number(request.url.slice(1)))
  else count(request, response)
})

function send(response, size) {
  response.writeHead(200, { 'content-length': size })
  let left = size
  const fill = () => {
    while (left > 0) {
      const part = CHUNK.subarray(0, Math.min(left, CHUNK.length))
      left -= part.length
      if (!response.write(part)) {
        response.once('drain', fill)
        return
      }
    }
    response.end()
  }
  fill()
}

function count(request, response) {
  let read = 0
  request.on('data', (chunk) => (read += chunk.length))
  request.on('end', () => {
    const body = `read ${read}`
    response.writeHead(200, { 'content-length': body.length }).end(body)
  })
}

server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
