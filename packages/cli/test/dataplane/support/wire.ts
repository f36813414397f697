import { EventEmitter, once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A client that writes and reads bytes as they are (latin1). */
export interface Wire {
  readonly socket: Socket
  send(text: string): void
  /** Everything received so far and up to `mark`, which must come; taken off what is received. */
  until(mark: string): Promise<string>
  /** Everything until the other side closes, however it does so. */
  rest(): Promise<string>
}

/** Connects to 127.0.0.1; the connection ends with the test. */
export async function dial(port: number): Promise<Wire> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  onTestFinished(() => {
    socket.destroy()
  })
  const changes = new EventEmitter()
  let received = ''
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1')
    changes.emit('change')
  })
  socket.on('error', () => {})
  socket.on('close', () => changes.emit('change'))
  await once(socket, 'connect')
  return {
    socket,
    send: (text) => socket.write(text, 'latin1'),
    async until(mark) {
      for (;;) {
        const at = received.indexOf(mark)
        if (at !== -1) {
          const taken = received.slice(0, at + mark.length)
          received = received.slice(at + mark.length)
          return taken
        }
        if (socket.closed) throw new Error(`closed before "${mark}": "${received}"`)
        await once(changes, 'change')
      }
    },
    async rest() {
      // `once` would reject at a reset, which here is one way of closing.
      if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve))
      return received
    },
  }
}

/** Sends one request that closes its connection, and gives the whole answer. */
export async function ask(port: number, request: string): Promise<string> {
  const wire = await dial(port)
  wire.send(request)
  return wire.rest()
}

/** The header lines of a message, without its first line. */
export function headerLines(message: string): string[] {
  return message.split('\r\n\r\n')[0]?.split('\r\n').slice(1) ?? []
}

/** The body of a message that is framed by a length or by the connection's end. */
export function bodyOf(message: string): string {
  return message.slice(message.indexOf('\r\n\r\n') + 4)
}
