import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** A bare connection, to see what HTTP clients hide: who closes, when, and each byte. */
export interface Client {
  readonly socket: Socket
  send(text: string): void
  /** Resolves to all that has come, once it holds `part`. */
  received(part: string): Promise<string>
  /** Resolves to all that has come, once the other side has closed. */
  closed(): Promise<string>
}

export const get = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: test\r\n\r\n`

const nothing = (): void => {}

export async function connectTo(port: number): Promise<Client> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  let text = ''
  let wake = nothing
  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => {
    text += chunk
    wake()
  })
  // A reset ends a connection too; 'close' follows.
  socket.on('error', nothing)
  socket.on('close', () => wake())

  const change = (): Promise<void> => new Promise((resolve) => (wake = resolve))

  return {
    socket,
    send: (line) => void socket.write(line, 'latin1'),
    async received(part) {
      while (!text.includes(part)) {
        if (socket.closed) throw new Error(`closed after ${JSON.stringify(text)}`)
        await change()
      }
      return text
    },
    async closed() {
      while (!socket.closed) await change()
      return text
    },
  }
}
