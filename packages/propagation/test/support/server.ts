import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import type { Server as NetServer } from 'node:net'
import { onTestFinished } from 'vitest'

/** One request as it came over the wire. */
interface Received {
  readonly url: string
  readonly host: string
  /** Every value of `project-version`, one entry for each header line. */
  readonly lanes: readonly string[]
  readonly rawHeaders: readonly string[]
  readonly body: string
}

export interface Upstream {
  readonly port: number
  /** `http://localhost:port` */
  readonly url: string
  readonly received: Received[]
}

/** Listens on a free port of this machine until the test ends. */
export async function listen(listener: RequestListener): Promise<number> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => {
    // A thousand connections at once are more than the default backlog takes.
    server.listen({ port: 0, backlog: 2048 }, resolve)
  })
  onTestFinished(() => close(server))
  return portOf(server)
}

/** A server that notes what it receives; it redirects `/to?URL` to that URL and answers all else "ok". */
export async function startUpstream(): Promise<Upstream> {
  const received: Received[] = []
  const port = await listen((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { url = '', headers, rawHeaders } = request
      received.push({
        url,
        host: headers.host ?? '',
        lanes: linesOf(rawHeaders, 'project-version'),
        rawHeaders,
        body: Buffer.concat(chunks).toString(),
      })
      const location = url.startsWith('/to?') ? decodeURIComponent(url.slice(4)) : undefined
      if (location !== undefined) response.writeHead(302, { location })
      response.end('ok')
    })
  })
  return { port, url: `http://localhost:${port}`, received }
}

/** The values of every line of one header, as they stand on the wire. */
function linesOf(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter(
    (_, index) => rawHeaders[index - 1]?.toLowerCase() === name && index % 2 === 1,
  )
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

/** The port on which a server listens. */
export function portOf(server: NetServer): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port')
  return address.port
}
