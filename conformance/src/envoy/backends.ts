import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { connect, createServer } from 'node:net'
import type { Server as NetServer, Socket } from 'node:net'

/** What a backend answers: who it is and what reached it. */
export interface Echo {
  readonly address: string
  readonly port: number
  readonly method: string
  readonly path: string
  readonly host: string
  /** Names in lower case; repeated ones joined by `, `. */
  readonly headers: Readonly<Record<string, string>>
}

export interface Backends {
  /** Starts one at the address, if none is there yet; false where that cannot be had. */
  ensure(address: string, port: number): Promise<boolean>
  close(): Promise<void>
}

/** Servers on loopback addresses that answer HTTP/1.1 and HTTP/2 (prior knowledge) with an `Echo`. */
export function startBackends(): Backends {
  const servers = new Map<string, Promise<NetServer[] | null>>()
  const open = new Set<Socket>()
  return {
    ensure: async (address, port) => {
      const key = `${address}:${port}`
      const known = servers.get(key) ?? listen(address, port, open)
      servers.set(key, known)
      return (await known) !== null
    },
    close: async () => {
      const all = await Promise.all(servers.values())
      for (const socket of open) socket.destroy()
      await Promise.all(all.flatMap((own) => own ?? []).map(stop))
    },
  }
}

/** The versions of HTTP are told apart by the first bytes: Envoy speaks HTTP/2 by prior knowledge. */
async function listen(
  address: string,
  port: number,
  open: Set<Socket>,
): Promise<NetServer[] | null> {
  const answer = (request: Incoming, response: Outgoing) => {
    const { method = '', url = '', headers } = request
    const echo: Echo = {
      address,
      port,
      method,
      path: url,
      host: String(headers[':authority'] ?? headers.host ?? ''),
      headers: joined(headers),
    }
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(echo))
  }
  const http = createHttpServer(answer)
  const http2 = createHttp2Server(answer)
  for (const inner of [http, http2]) {
    inner.on('connection', (socket: Socket) => {
      open.add(socket)
      socket.once('close', () => open.delete(socket))
    })
  }
  const server = createServer((socket) => {
    socket.once('data', (first) => {
      const isHttp2 = first.subarray(0, 3).toString('latin1') === 'PRI'
      const inner = connect(portOf(isHttp2 ? http2 : http), '127.0.0.1')
      inner.write(first)
      socket.pipe(inner).pipe(socket)
      for (const [one, other] of [
        [socket, inner],
        [inner, socket],
      ] as const) {
        one.once('close', () => other.destroy())
        one.on('error', () => other.destroy())
      }
    })
    socket.on('error', () => socket.destroy())
  })
  try {
    server.listen(port, address)
    await once(server, 'listening')
  } catch {
    // A port of the machine's own, or one that only root may open.
    return null
  }
  for (const inner of [http, http2]) {
    inner.listen(0, '127.0.0.1')
    await once(inner, 'listening')
  }
  return [server, http, http2]
}

function portOf(server: NetServer): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

type Incoming = IncomingMessage | Http2ServerRequest
type Outgoing = ServerResponse | Http2ServerResponse

function joined(headers: IncomingHttpHeaders): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]): [string, string] => [
    name,
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ])
  return Object.fromEntries(entries)
}

async function stop(server: NetServer): Promise<void> {
  server.close()
  await once(server, 'close')
}
