// Large bodies over many connections at once: a request on each, its body or its answer's as large as asked for.
import { once } from 'node:events'
import { connect } from 'node:net'

const CHUNK = Buffer.alloc(65_536)
const HOST = 'testbbb.shop.svc.cluster.local:32000'

/** Gets an answer of `size` bytes on each of so many connections; checks that all of it comes. */
export async function download({ port, streams, size }) {
  await each(streams, async () => {
    const socket = await open(port, `GET /${size} HTTP/1.1`)
    let head = ''
    let received = 0
    for await (const chunk of socket) {
      if (!head.includes('\r\n\r\n')) {
        const seen = head.length
        head += chunk.toString('latin1')
        const end = head.indexOf('\r\n\r\n')
        if (end !== -1) received = seen + chunk.length - end - 4
      } else received += chunk.length
      if (received === size) break
    }
    if (received !== size) throw new Error(`Expected ${size} bytes, got ${received}: ${head}`)
  })
}

/** Sends `size` bytes on each of so many connections; checks that the backend has read all of them. */
export async function upload({ port, streams, size }) {
  await each(streams, async () => {
    const socket = await open(port, `POST / HTTP/1.1\r\ncontent-length: ${size}`)
    const answered = readUntil(socket, `read ${size}`)
    for (let left = size; left > 0; left -= CHUNK.length) {
      const taken = socket.write(CHUNK.subarray(0, Math.min(left, CHUNK.length)))
      if (!taken) await once(socket, 'drain')
    }
    await answered
  })
}

async function each(streams, work) {
  await Promise.all(Array.from({ length: streams }, work))
}

async function open(port, lines) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  socket.write(`${lines}\r\nhost: ${HOST}\r\nproject-version: release-v1\r\n\r\n`)
  return socket
}

async function readUntil(socket, mark) {
  let text = ''
  for await (const chunk of socket) {
    text += chunk.toString('latin1')
    if (text.endsWith(mark)) return
  }
  throw new Error(`Expected "${mark}", got ${text}`)
}
