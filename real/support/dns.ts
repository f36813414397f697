import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { Resources } from './resources.ts'

const HEADER = 12
/** Response, recursion available; one question and one answer. */
const FLAGS = Buffer.from([0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0])
/** The question's name again; type A, class IN, for one second, four bytes. */
const ANSWER = Buffer.from([0xc0, HEADER, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 127, 0, 0, 1])

/** A name server to which every name is 127.0.0.1; returns its `host:port`. */
export async function startDns(resources: Resources): Promise<string> {
  const socket = createSocket('udp4')
  socket.on('message', (query, { address, port }) => {
    // The question: the name up to its empty label, then its type and class.
    const end = query.indexOf(0, HEADER) + 5
    const question = query.subarray(HEADER, end)
    socket.send(Buffer.concat([query.subarray(0, 2), FLAGS, question, ANSWER]), port, address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  resources.add(socket, async () => void socket.close())
  return `127.0.0.1:${socket.address().port}`
}
