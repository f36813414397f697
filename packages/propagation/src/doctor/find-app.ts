import { Server } from 'node:http'
import { Server as TlsServer } from 'node:https'
import { Server as NetServer } from 'node:net'
import { isMethod } from '../replace-method.ts'

/** The app's server. */
export interface AppServer {
  /** Where it can be reached from this machine. */
  readonly host: string
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
            const { address, port: found }: Record<string, unknown> = Object(this.address())
            if (typeof found === 'number' && (port === undefined || port === found)) {
              resolve({ host: reachable(String(address)), port: found, isTls })
            }
          })
        }
        return Reflect.apply(original, this, args)
      },
    )
  })
}

// Every address of the machine, of IPv4 or of both.
function reachable(address: string): string {
  return address === '::' || address === '0.0.0.0' ? 'localhost' : address
}
