// Load of a closed loop: so many connections, on each one request after the other. Times each answer.
import { once } from 'node:events'
import { connect } from 'node:net'

/**
 * @param {{ port: number, connections: number, requests: number, head: string }} load `head`: the request's
 *   bytes; every answer has to be as long as the first
 * @returns {Promise<{ seconds: number, latencies: Float64Array, body: string }>} latencies in milliseconds,
 *   sorted
 */
export async function closedLoop({ port, connections, requests, head }) {
  const first = await probe(port, head)
  const latencies = new Float64Array(requests)
  let sent = 0
  const began = performance.now()
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true })
      socket.setTimeout(20_000, () =>
        socket.destroy(new Error('No answer, or one of another length')),
      )
      await once(socket, 'connect')
      let ready
      let expected = 0
      socket.on('data', () => socket.bytesRead >= expected && ready())
      socket.on('close', () => ready?.())
      while (sent < requests) {
        const index = sent++
        expected += first.size
        const asked = performance.now()
        const answered = new Promise((resolve) => (ready = resolve))
        socket.write(head)
        await answered
        if (socket.destroyed) throw new Error('The connection was closed')
        latencies[index] = performance.now() - asked
      }
      socket.destroy()
    }),
  )
  return {
    seconds: (performance.now() - began) / 1000,
    latencies: latencies.toSorted(),
    body: first.body,
  }
}

/** One request by itself: how long an answer is, and its body. */
async function probe(port, head) {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  socket.setEncoding('latin1').on('data', (chunk) => (text += chunk))
  socket.write(head)
  for (;;) {
    const end = text.indexOf('\r\n\r\n')
    const length = /\r\ncontent-length: (\d+)/i.exec(text)
    if (end >= 0 && length !== null && text.length >= end + 4 + Number(length[1])) break
    if (end >= 0 && length === null) throw new Error(`An answer without content-length: ${text}`)
    await once(socket, 'data')
  }
  socket.destroy()
  if (!text.startsWith('HTTP/1.1 200')) throw new Error(`Expected 200, got ${text}`)
  return { size: text.length, body: text.slice(text.indexOf('\r\n\r\n') + 4) }
}
