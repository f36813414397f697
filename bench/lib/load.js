// The loading process: sends as many requests as it is told, over a few connections that stay open. Requests
// are pipelined, so that the network costs both sides little and what the handler does shows.
import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'

const CONNECTIONS = 8
const PIPELINED = 16

process.on('message', async (order) => {
  const { body, size } = await probe(order)
  const batches = Math.ceil(order.requests / PIPELINED / CONNECTIONS)
  const work = (_, index) => sendBatches(order, index * batches, batches, size * PIPELINED)
  await Promise.all(Array.from({ length: CONNECTIONS }, work))
  process.send({ body, requests: batches * PIPELINED * CONNECTIONS })
})

process.on('disconnect', () => process.exit())

/** One request by itself: the body that it gets, and the bytes that each answer takes. */
async function probe({ port, path, headers, bytes = 0 }) {
  const outgoing = request({
    host: '127.0.0.1',
    port,
    path,
    method: bytes === 0 ? 'GET' : 'POST',
    agent: false,
    headers: { ...headers, connection: 'keep-alive' },
  })
  outgoing.end('x'.repeat(bytes))
  const [response] = await once(outgoing, 'response')
  const chunks = await response.toArray()
  const body = Buffer.concat(chunks).toString()
  if (response.statusCode !== 200) {
    throw new Error(`Expected ${path} to answer 200, got ${response.statusCode}: ${body}`)
  }
  const size = outgoing.socket.bytesRead
  outgoing.destroy()
  return { body, size }
}

// Every answer is of the same size, a date header being always as long as another. With `lanes`, each batch is in
// another of so many.
async function sendBatches({ port, path, headers, bytes = 0, lanes = 0 }, first, batches, size) {
  const lines = Object.entries({
    host: 'localhost',
    connection: 'keep-alive',
    ...(bytes > 0 && { 'content-length': bytes }),
    ...headers,
  })
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const method = bytes === 0 ? 'GET' : 'POST'
  const one = `${method} ${path} HTTP/1.1\r\n${head}\r\n${'x'.repeat(bytes)}`
  const batch = one.repeat(PIPELINED)
  const socket = connect(port, '127.0.0.1')
  socket.setTimeout(30_000, () => socket.destroy(new Error('Expected all answers to be alike')))
  await once(socket, 'connect')
  for (let sent = 1; sent <= batches; sent += 1) {
    const lane = `release-v${(first + sent) % lanes}`
    socket.write(lanes === 0 ? batch : batch.replaceAll('release-v1', lane))
    while (socket.bytesRead < sent * size) await once(socket, 'data')
  }
  socket.destroy()
}
