import { Server } from 'node:http'
import { Server as TlsServer } from 'node:https'
import { Server as NetServer } from 'node:net'

/** The app's server. */
export interface AppServer {
  readonly port: number
  readonly isTls: boolean
}

/** Resolves with the first server of node:http or node:https that listens on a port, or on the one that is asked for. */
export async function findApp(port: number | undefined): Promise<AppServer> {
  return new Promise((resolve) => {
    const original: unknown = Reflect.get(NetServer.prototype, 'listen')
    if (!isMethod(original)) return
    Reflect.set(
      NetServer.prototype,
      'listen',
      function listen(this: NetServer, ...args: unknown[]): unknown {
        const isTls = this instanceof TlsServer
        if (this instanceof Server || isTls) {
          this.once('listening', () => {
            const found: unknown = Reflect.get(Object(this.address()), 'port')
            if (typeof found === 'number' && (port === undefined || port === found)) {
              resolve({ port: found, isTls })
            }
          })
        }
        return Reflect.apply(original, this, args)
      },
    )
  })
}

function isMethod(value: unknown): value is (...args: unknown[]) => unknown {
  return typeof value === 'function'
}
