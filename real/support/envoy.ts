import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Program } from './program.ts'
import type { Resources } from './resources.ts'

type LogEntry = Readonly<Record<string, string | number | null>>

/** An Envoy that runs. */
export interface Envoy {
  readonly program: Program
  /** The port that a listener was given, by the listener's name. */
  readonly portOf: (listener: string) => number
  /** `127.0.0.1:PORT`. */
  readonly adminAddress: string
  /** A page of its admin interface, as text. */
  readonly admin: (path: string) => Promise<string>
  /** Waits for a line of the access log that matches, and returns it. */
  readonly logged: (pattern: RegExp) => Promise<LogEntry>
}

/** Starts Envoy with this bootstrap (text of a .yaml file) and waits until it serves. */
export async function startEnvoy(
  resources: Resources,
  path: string,
  bootstrap: string,
): Promise<Envoy> {
  const folder = resources.folder()
  const file = join(folder, 'envoy.yaml')
  const adminFile = join(folder, 'admin')
  writeFileSync(file, bootstrap)
  const quick = ['--concurrency', '1', '--disable-hot-restart', '--file-flush-interval-msec', '50']
  const program = new Program(path, ['-c', file, '--admin-address-path', adminFile, ...quick])
  resources.add(program, (one) => one.stop())
  await program.says(/starting main dispatch loop/)
  const adminAddress = readFileSync(adminFile, 'utf8')
  const admin = async (page: string): Promise<string> => {
    const response = await fetch(`http://${adminAddress}${page}`)
    return response.text()
  }
  await program.says(/all dependencies initialized. starting workers/)
  const ports = portsIn(await admin('/listeners?format=json'))
  return {
    program,
    adminAddress,
    admin,
    portOf: (listener) => {
      const port = ports.get(listener)
      if (port === undefined)
        throw new Error(`no listener ${listener}, there is ${[...ports.keys()].join(', ')}`)
      return port
    },
    logged: async (pattern) => {
      const [line] = await program.says(new RegExp(`^\\{.*${pattern.source}.*\\}$`, 'm'))
      const entry: LogEntry = JSON.parse(line)
      return entry
    },
  }
}

interface ListenersPage {
  readonly listener_statuses?: readonly {
    readonly name: string
    readonly local_address: { readonly socket_address: { readonly port_value: number } }
  }[]
}

function portsIn(page: string): Map<string, number> {
  const { listener_statuses: statuses = [] }: ListenersPage = JSON.parse(page)
  return new Map(
    statuses.map(({ name, local_address: { socket_address: socket } }) => [
      name,
      socket.port_value,
    ]),
  )
}
