import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'
import { pipeline } from 'node:stream'
import { portOf } from './ports.ts'

/** A listener for a port that Istio does not route by HTTP: bytes go to an endpoint as they come. */
export interface TcpListener {
  readonly port: number
  close(): Promise<void>
  abort(): void
}

/** @param pick An endpoint for a new connection; undefined where there is none: it is closed at once. */
export async function listenTcp(
  pick: () => { readonly host: string; readonly port: number } | undefined,
): Promise<TcpListener> {
  const sockets = new Set<Socket>()
  // One side may end while the other still sends.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const endpoint = pick()
    if (endpoint === undefined) {
      socket.resetAndDestroy()
      return
    }
    const upstream = connect({ ...endpoint, allowHalfOpen: true })
    for (const each of [socket, upstream]) {
      sockets.add(each)
      each.on('close', () => sockets.delete(each))
    }
    // A failure on one side has ended the other; there is nobody else to tell.
    pipeline(socket, upstream, socket, () => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const abort = (): void => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: portOf(server),
    close: async () => {
      server.close()
      if (server.listening || sockets.size > 0) await once(server, 'close')
    },
    abort,
  }
}
