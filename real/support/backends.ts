import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { Resources } from './resources.ts'

/** What a backend says about the request that it got. */
export interface Seen {
  readonly servedBy: string
  readonly http: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly path: string
}

/** Servers that tell what they were asked, by workload name; each on a port of its own. */
export async function startBackends(
  resources: Resources,
  names: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const ports = new Map<string, number>()
  for (const name of names) {
    const server = createServer((request, response) => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(describe(name, request)))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    resources.add(server, async () => {
      server.closeAllConnections()
      await once(server.close(), 'close')
    })
    const address = server.address()
    if (address !== null && typeof address === 'object') ports.set(name, address.port)
  }
  return ports
}

/** The options of `lanes envoy` that lead to the backends. */
export function endpoints(backends: ReadonlyMap<string, number>): string[] {
  return [...backends].flatMap(([name, port]) => ['--endpoint', `${name}=127.0.0.1:${port}`])
}

function describe(name: string, { httpVersion, headers, url }: IncomingMessage): Seen {
  const single = Object.entries(headers).map(([key, value]) => [key, String(value)] as const)
  return { servedBy: name, http: httpVersion, headers: Object.fromEntries(single), path: url ?? '' }
}
