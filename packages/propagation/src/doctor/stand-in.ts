import { createServer } from 'node:http'

/** What stands in for every service that the app calls. */
export interface StandIn {
  readonly port: number
  /** From now on each answer is a redirect to a third party, which answers. */
  redirect(isOn: boolean): void
}

/** No service of anybody (RFC 6761, 6.4). */
const THIRD_PARTY = 'redirected.lanes-doctor.invalid'

/** Starts the second hop: it answers all that comes with 200 and `{}`. */
export async function startStandIn(): Promise<StandIn> {
  let isRedirecting = false
  const server = createServer((request, response) => {
    const { host = '' } = request.headers
    request.resume().on('end', () => {
      if (isRedirecting && !host.startsWith(THIRD_PARTY)) {
        response.writeHead(302, { location: `http://${THIRD_PARTY}/` })
      } else response.setHeader('content-type', 'application/json')
      response.end('{}')
    })
  })
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      resolve(Number(Reflect.get(Object(server.address()), 'port')))
    })
  })
  server.unref()
  return {
    port,
    redirect: (isOn) => {
      isRedirecting = isOn
    },
  }
}
