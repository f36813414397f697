/**
 * Loaded by Node into every workload of the local mesh (`node --import`, through NODE_OPTIONS): the names
 * of the cluster's Services lead to the workload's own sidecar, as iptables leads them there in a pod.
 * The dialled name and port choose the sidecar's listener; Host, TLS and the bytes stay the app's own.
 *
 * It stands alone: only Node's modules, and nothing but `net.Socket.prototype.connect` is touched, which
 * node:http, fetch, undici and axios all end in.
 */
import { readFileSync, statSync } from 'node:fs'
import { Socket } from 'node:net'
import type { TcpNetConnectOpts } from 'node:net'

/** The file that `lanes up` writes for this workload: Service name -> Service port -> local port. */
type Names = Record<string, Record<string, number>>

const file = process.env['LANES_NAMES']
if (file !== undefined) install(file)

// HTTP_PROXY is set for programs that are not Node; in here the sockets themselves know the way.
for (const name of ['HTTP_PROXY', 'http_proxy']) {
  if (process.env[name] !== undefined && process.env[name] === process.env['LANES_HTTP_PROXY'])
    Reflect.deleteProperty(process.env, name)
}

function install(path: string): void {
  const names = namesReader(path)
  const connect = Reflect.get(Socket.prototype, 'connect')
  Socket.prototype.connect = function (this: Socket, ...args: unknown[]): Socket {
    const dialled = dialledHost(args)
    const ports = dialled && names()[dialled.host.toLowerCase()]
    if (!dialled || !ports) return Reflect.apply(connect, this, args)

    const local = ports[String(dialled.port)]
    if (local === undefined) {
      const error = refused(dialled.host, dialled.port, Object.keys(ports))
      process.nextTick(() => this.destroy(error))
      return this
    }
    // A new object: the caller's options are its own.
    const options = { ...dialled.options, host: '127.0.0.1', port: local, family: 4 }
    return Reflect.apply(connect, this, [options, dialled.callback])
  }
}

interface Dialled {
  readonly host: string
  readonly port: number | string
  readonly options: Partial<TcpNetConnectOpts>
  readonly callback: unknown
}

/** connect(options, cb), connect(port, host, cb) and the array that net.connect() passes on. */
function dialledHost(args: readonly unknown[]): Dialled | undefined {
  const [first, second] = Array.isArray(args[0]) ? args[0] : args
  if (typeof first === 'object' && first !== null) {
    const options: Partial<TcpNetConnectOpts> = first
    const { host, port } = options
    if (typeof host !== 'string' || port === undefined) return undefined
    return { host, port, options, callback: second }
  }
  if (typeof second !== 'string' || (typeof first !== 'number' && typeof first !== 'string'))
    return undefined
  return { host: second, port: first, options: {}, callback: args[2] }
}

/** The names as they stand in the file now: `lanes up` replaces it when the manifests change. */
function namesReader(path: string): () => Names {
  let names: Names = {}
  let version = ''
  return () => {
    const stats = statSync(path, { throwIfNoEntry: false })
    if (stats === undefined) return names
    const now = `${stats.ino}:${stats.mtimeMs}:${stats.size}`
    if (now !== version) {
      // Written by us, replaced as a whole by rename: what parses is a Names.
      const read: Names = JSON.parse(readFileSync(path, 'utf8'))
      names = read
      version = now
    }
    return names
  }
}

/** What a cluster answers on a port that the Service does not have. */
function refused(host: string, port: number | string, ports: readonly string[]): Error {
  const message = `connect ECONNREFUSED ${host}:${port} (this Service listens on ${ports.join(', ')})`
  return Object.assign(new Error(message), {
    code: 'ECONNREFUSED',
    errno: -111,
    syscall: 'connect',
    address: host,
    port: Number(port),
  })
}
