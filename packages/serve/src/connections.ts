import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Knows a server's open connections and closes them gracefully or at once. */
export interface Connections {
  /** From now on every connection is closed after the response that it is waiting for. */
  drain(): void
  /** While draining: closes what has nothing left to wait for. Call it a few times a second. */
  sweep(): void
  /** Destroys every connection, upgraded ones included, and returns how many there were. */
  destroy(): number
}

/**
 * Watches the connections of a server from its first one. Call it before the server's own request
 * listener is added, because only a response that has not been begun can announce
 * `connection: close`.
 */
export function trackConnections(server: Server): Connections {
  const unfinished = new Map<Socket, Set<ServerResponse>>()
  let draining = false

  server.on('connection', (socket) => {
    unfinished.set(socket, new Set())
    socket.once('close', () => unfinished.delete(socket))
  })

  server.on('request', (request, response) => {
    const responses = unfinished.get(request.socket)
    responses?.add(response)
    if (draining) response.shouldKeepAlive = false
    response.once('close', () => responses?.delete(response))
  })

  function closeIdle(): void {
    // Node counts a response as done once end() is called, and closeIdleConnections() would cut the
    // part that is still being sent. The next sweep comes soon.
    const sending = [...unfinished.values()].some((responses) =>
      [...responses].some((response) => response.writableEnded),
    )
    if (!sending) server.closeIdleConnections()
  }

  return {
    drain() {
      draining = true
      for (const responses of unfinished.values()) {
        // The last of a pipeline: closing after an earlier one would lose those behind it.
        const last = [...responses].at(-1)
        if (last) last.shouldKeepAlive = false
      }
      closeIdle()
    },
    sweep() {
      closeIdle()
      // Node does not count a connection as idle before its first request (24 and older). These are
      // not closed by drain() itself: a client that has just connected is about to send.
      for (const socket of unfinished.keys()) {
        if (socket.bytesRead === 0) socket.destroy()
      }
    },
    destroy() {
      const count = unfinished.size
      for (const socket of unfinished.keys()) socket.destroy()
      return count
    },
  }
}
