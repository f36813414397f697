import { Agent } from 'node:http'
import type { ClientRequestArgs } from 'node:http'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { onTestFinished } from 'vitest'
import { registerInterceptor } from '../../src/axios.ts'
import type { AxiosLike } from '../../src/axios.ts'
import { laneGot } from '../../src/got.ts'
import type { Propagator } from '../../src/index.ts'
import { laneSuperagent } from '../../src/superagent.ts'
import { laneWs } from '../../src/ws.ts'
import { toLoopback } from '../support/names.ts'
import { runsHere } from './client.ts'
import type { Call, Client } from './client.ts'

/** The clients that stand on node:http. */
export const httpClients: readonly Client[] = [
  {
    name: 'axios-0',
    connect: async (propagator) => connectAxios((await import('axios-0')).default, propagator),
  },
  {
    name: 'axios-1-7',
    connect: async (propagator) => connectAxios((await import('axios-1-7')).default, propagator),
  },
  {
    name: 'axios',
    connect: async (propagator) => connectAxios((await import('axios')).default, propagator),
  },
  {
    name: 'got-14-0',
    connect: async (propagator) => {
      const { got } = await import('got-14-0')
      return connectGot(got.extend(laneGot({ propagator })))
    },
  },
  {
    name: 'got-14',
    connect: async (propagator) => {
      const { got } = await import('got-14')
      return connectGot(got.extend(laneGot({ propagator })))
    },
  },
  ...(runsHere('22.0') ? [got16()] : []),
  {
    name: 'superagent-8',
    connect: async (propagator) => {
      const { default: superagent } = await import('superagent-8')
      const agent = pool()
      const client = superagent.agent().use(laneSuperagent({ propagator }))
      return async (url, headers = {}) => client.get(url).agent(agent).set(headers)
    },
  },
  {
    name: 'superagent',
    connect: async (propagator) => {
      const { default: superagent } = await import('superagent')
      const agent = pool()
      const client = superagent.agent().use(laneSuperagent({ propagator }))
      return async (url, headers = {}) => client.get(url).agent(agent).set(headers)
    },
  },
  {
    name: 'ws-8-13',
    connect: async (propagator) => {
      const { WebSocket } = await import('ws-8-13')
      return connectWs((url, options) => new WebSocket(url, laneWs(options, { propagator })))
    },
  },
  {
    name: 'ws',
    connect: async (propagator) => {
      const { WebSocket } = await import('ws')
      return connectWs((url, options) => new WebSocket(url, laneWs(options, { propagator })))
    },
  },
]

function got16(): Client {
  return {
    name: 'got',
    connect: async (propagator) => {
      const { default: got } = await import('got')
      return connectGot(got.extend(laneGot({ propagator })))
    },
  }
}

/**
 * Opens the connections of all that wait at once, in the scope of the first of them, as an agent does that has to
 * open a tunnel before: what such a connection then tells of the others' requests comes in that scope.
 */
class TunnelAgent extends Agent {
  readonly #waiting: Array<() => void> = []

  override createConnection(
    options: ClientRequestArgs,
    done?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    this.#waiting.push(() => done?.(null, connect({ ...netOptions(options), lookup: toLoopback })))
    if (this.#waiting.length > 1) return
    setImmediate(() => {
      for (const open of this.#waiting.splice(0)) open()
    })
  }
}

function netOptions({ host, port }: ClientRequestArgs): { host: string; port: number } {
  return { host: host ?? 'localhost', port: Number(port) }
}

function pool(): Agent {
  const agent = new TunnelAgent({ keepAlive: true, maxSockets: 2 })
  onTestFinished(() => agent.destroy())
  return agent
}

interface AxiosInstance extends AxiosLike {
  get(url: string, config: object): Promise<unknown>
}

function connectAxios(axios: object, propagator: Propagator): Call {
  const create: unknown = Reflect.get(axios, 'create')
  if (typeof create !== 'function') throw new Error('No axios.create')
  const instance: AxiosInstance = Reflect.apply(create, axios, [
    { httpAgent: pool(), proxy: false },
  ])
  registerInterceptor(instance, { propagator })
  return async (url, headers) => instance.get(url, { ...(headers && { headers }) })
}

type Got = (url: string, options: object) => PromiseLike<unknown>

function connectGot(got: Got): Call {
  const agent = { http: pool() }
  return async (url, headers) => got(url, { agent, ...(headers && { headers }) })
}

interface Socket {
  on(event: string, listener: () => void): unknown
}

// A server that upgrades nobody answers the handshake like any other request. Old versions take `ws:` only,
// in redirects too.
function connectWs(open: (url: string, options: object) => Socket): Call {
  const agent = pool()
  return async (url, headers) => {
    const options = { agent, followRedirects: true, ...(headers && { headers }) }
    return new Promise<void>((resolve) => {
      const socket = open(url.replaceAll(/http(?=:|%)/g, 'ws'), options)
      socket.on('error', () => undefined)
      socket.on('close', resolve)
    })
  }
}
