import {
  Agent,
  fetch as undiciFetch,
  getGlobalDispatcher,
  interceptors,
  setGlobalDispatcher,
} from 'undici'
import { onTestFinished } from 'vitest'
import { registerInterceptor } from '../../src/axios.ts'
import { wrapFetch } from '../../src/fetch.ts'
import type { Propagator } from '../../src/index.ts'
import { laneUndici } from '../../src/undici.ts'
import { toLoopback } from '../support/names.ts'
import { runsHere } from './client.ts'
import type { Call, Client } from './client.ts'

const pool = { connections: 2, connect: { lookup: toLoopback } }
const redirects = { maxRedirections: 5 }

/** The clients that stand on undici, or on the fetch that is built in. */
export const undiciClients: readonly Client[] = [
  {
    name: 'undici-5',
    connect: async (propagator) => connectOld(await import('undici-5'), propagator),
  },
  {
    name: 'undici-6',
    connect: async (propagator) => connectOld(await import('undici-6'), propagator),
  },
  {
    name: 'undici',
    connect: async (propagator) => {
      const undici = await import('undici')
      const dispatcher = new undici.Agent(pool).compose(
        interceptors.redirect(redirects),
        laneUndici({ propagator }),
      )
      onTestFinished(async () => dispatcher.destroy())
      return async (url, headers) =>
        drain(undici.request(url, { dispatcher, ...(headers && { headers }) }))
    },
  },
  ...(runsHere('22.19') ? [undici8()] : []),
  {
    name: 'undici, fetch',
    connect: (propagator) => {
      const dispatcher = new Agent(pool)
      onTestFinished(async () => dispatcher.destroy())
      const laneFetch = wrapFetch(undiciFetch, { propagator })
      return async (url, headers) => {
        const response = await laneFetch(url, { dispatcher, ...(headers && { headers }) })
        return response.text()
      }
    },
  },
  {
    name: 'fetch',
    connect: (propagator) => {
      useGlobally()
      const laneFetch = wrapFetch(globalThis.fetch, { propagator })
      return async (url, headers) => (await laneFetch(url, headers && { headers })).text()
    },
  },
  {
    name: 'ky-1',
    connect: async (propagator) => {
      useGlobally()
      const { default: ky } = await import('ky-1')
      const client = ky.extend({ fetch: wrapFetch(globalThis.fetch, { propagator }), retry: 0 })
      return async (url, headers) => client(url, headers && { headers }).text()
    },
  },
  ...(runsHere('22.0') ? [ky2()] : []),
  {
    name: 'axios-1-7, fetch adapter',
    connect: async (propagator) => {
      useGlobally()
      const { default: axios } = await import('axios-1-7')
      const instance = axios.create({ adapter: 'fetch' })
      registerInterceptor(instance, { propagator })
      return async (url, headers) => instance.get(url, headers && { headers })
    },
  },
  {
    name: 'axios, fetch adapter',
    connect: async (propagator) => {
      useGlobally()
      const { default: axios } = await import('axios')
      const instance = axios.create({ adapter: 'fetch' })
      registerInterceptor(instance, { propagator })
      return async (url, headers) => instance.get(url, headers && { headers })
    },
  },
]

interface Destroyable {
  destroy(): Promise<void>
}

/** As much of undici 5 and early 6, which have no `compose` yet, as is needed. */
interface OldUndici {
  readonly default: object
  Agent: new (options: object) => Destroyable
}

function connectOld(undici: OldUndici, propagator: Propagator): Call {
  // Its types leave this one out.
  const createRedirect: unknown = Reflect.get(undici.default, 'createRedirectInterceptor')
  if (typeof createRedirect !== 'function') throw new Error('No createRedirectInterceptor')
  const redirect: unknown = Reflect.apply(createRedirect, undefined, [redirects])
  const dispatcher = new undici.Agent({
    ...pool,
    interceptors: { Agent: [laneUndici({ propagator }), redirect], Client: [] },
  })
  onTestFinished(async () => dispatcher.destroy())
  return async (url, headers) => {
    const answer: Promise<Answer> = Reflect.apply(Reflect.get(undici, 'request'), undefined, [
      url,
      { dispatcher, ...(headers && { headers }) },
    ])
    return drain(answer)
  }
}

interface Answer {
  body: { text(): Promise<string> }
}

function undici8(): Client {
  return {
    name: 'undici-8',
    connect: async (propagator) => {
      const undici = await import('undici-8')
      const dispatcher = new undici.Agent(pool).compose(
        undici.interceptors.redirect(redirects),
        laneUndici({ propagator }),
      )
      onTestFinished(async () => dispatcher.destroy())
      return async (url, headers) =>
        drain(undici.request(url, { dispatcher, ...(headers && { headers }) }))
    },
  }
}

function ky2(): Client {
  return {
    name: 'ky',
    connect: async (propagator) => {
      useGlobally()
      const { default: ky } = await import('ky')
      const client = ky.extend({ fetch: wrapFetch(globalThis.fetch, { propagator }), retry: 0 })
      return async (url, headers) => client(url, headers && { headers }).text()
    },
  }
}

async function drain(answer: Promise<Answer>): Promise<string> {
  return (await answer).body.text()
}

// Global fetch asks the global dispatcher, whichever copy of undici has set it.
function useGlobally(): void {
  const before = getGlobalDispatcher()
  const dispatcher = new Agent(pool)
  setGlobalDispatcher(dispatcher)
  onTestFinished(async () => {
    setGlobalDispatcher(before)
    await dispatcher.destroy()
  })
}
