import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Socket } from 'node:net'

/** A server that notes every byte that it gets, and on which of its connections. */
export interface Recorder {
  readonly url: string
  /** What came since the last call: a text for each connection, numbered from the first of them. */
  take(this: void): readonly string[]
  close(this: void): void
}

/** Its answers depend on the path alone, so that they are the same ones each time. */
export async function startRecorder(): Promise<Recorder> {
  let connections: string[] = []
  const server = createServer((socket) => {
    const mine = connections
    const index = mine.push('') - 1
    let pending = ''
    socket.on('error', () => socket.destroy())
    socket.setEncoding('latin1').on('data', (text: string) => {
      // Later than what it belongs to was taken: a connection that was kept goes on where it was.
      if (connections !== mine) connections.push(`kept: ${text}`)
      else mine[index] += text
      pending += text
      if (/^expect: 100-continue/im.test(pending) && pending.endsWith('\r\n\r\n')) {
        socket.write('HTTP/1.1 100 Continue\r\n\r\n')
      }
      if (!isComplete(pending)) return
      const [, path = ''] = pending.split(' ', 2)
      pending = ''
      answer(socket, path)
    })
  })
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => sockets.add(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = Object(server.address())
  return {
    url: `http://127.0.0.1:${port}`,
    take: () => {
      const taken = connections
      connections = []
      // A client may open one in advance, or not, as time goes.
      return taken.filter((text) => text !== '')
    },
    close: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

function answer(socket: Socket, path: string): void {
  const head = 'x-answer: 1\r\ncontent-length: 2\r\n'
  if (path === '/redirect') {
    socket.write(`HTTP/1.1 302 Found\r\nlocation: /target\r\n${head}\r\nno`)
  } else if (path === '/error') socket.write(`HTTP/1.1 500 No\r\n${head}\r\nno`)
  else if (path === '/close') socket.end(`HTTP/1.1 200 OK\r\nconnection: close\r\n${head}\r\nok`)
  else if (path === '/destroy') socket.destroy()
  else if (path === '/half') socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf')
  else if (path === '/hang') socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf')
  else socket.write(`HTTP/1.1 200 OK\r\n${head}\r\nok`)
}

function isComplete(text: string): boolean {
  const [head = '', ...rest] = text.split('\r\n\r\n')
  if (rest.length === 0) return false
  const body = text.slice(head.length + 4)
  const [, length] = /^content-length: (\d+)/im.exec(head) ?? []
  if (length !== undefined) return body.length >= Number(length)
  return !/^transfer-encoding: chunked/im.test(head) || body.endsWith('0\r\n\r\n')
}
