// Knows nothing of lanes: plays the scenario that it is asked for, against the server of its first argument, and
// answers with all that an app can see of it: answers, errors, and events in their order.
import { once } from 'node:events'
import http, { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { Readable } from 'node:stream'

// The clients are dependencies of the package's tests, not of the workspace.
const manifest = import.meta.resolve('@traffic-lanes/propagation/package.json')
const { resolve } = createRequire(manifest)
const load = (name) => import(resolve(name))

const [base, dead] = process.argv.slice(2)
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })

/** One request of node:http, with every event of it. */
async function viaHttp(path, { stopAfterHead = false, ...options } = {}, body) {
  const events = []
  const note = (event) => () => void events.push(event)
  const outgoing = http.request(`${base}${path}`, { agent, ...options })
  for (const event of ['socket', 'finish', 'continue', 'abort', 'timeout', 'drain']) {
    outgoing.on(event, note(event))
  }
  const closed = new Promise((settle) => outgoing.on('close', settle))
  outgoing.on('error', ({ code, message }) => events.push(`error ${code} ${message}`))
  outgoing.on('response', (response) => {
    events.push(`response ${response.statusCode} ${response.rawHeaders.join()}`)
    for (const event of ['end', 'close', 'aborted']) response.on(event, note(`response ${event}`))
    response.on('error', ({ message }) => events.push(`response error ${message}`))
    response.on('data', (chunk) => events.push(`data ${chunk}`))
    if (stopAfterHead) outgoing.destroy()
  })
  if (body instanceof Readable) body.pipe(outgoing)
  else outgoing.end(body)
  await closed
  return events
}

/** What a client answers, or fails with. */
async function outcomeOf(call) {
  try {
    const { status, statusCode, data, body, text, headers } = await call()
    return [status ?? statusCode, data ?? text ?? body, Object(headers)['x-answer']]
  } catch (error) {
    const { name, code, message, cause } = error
    return [name, code, message, cause?.code]
  }
}

async function viaFetch(path, init) {
  return outcomeOf(async () => {
    const response = await fetch(`${base}${path}`, init)
    const { status, redirected, url, headers } = response
    const body = [redirected, url.slice(base.length), await response.text()]
    return { status, body, headers }
  })
}

/** Stops once the head of the answer is there. */
async function stopFetch(path) {
  const controller = new AbortController()
  const response = await fetch(`${base}${path}`, { signal: controller.signal })
  controller.abort()
  return outcomeOf(async () => ({ status: response.status, text: await response.text() }))
}

const posted = { method: 'POST', headers: { 'content-type': 'text/plain', 'X-Own': '1' } }

const scenarios = {
  'node:http': async () => [
    await viaHttp('/a'),
    await viaHttp('/b', { headers: { 'X-Own': ['1', '2'] } }),
    await viaHttp('/c', posted, 'some body'),
    await viaHttp('/d', posted, Readable.from(['some ', 'chunks'])),
    await viaHttp('/e', { ...posted, headers: { expect: '100-continue' } }, 'body'),
    await viaHttp('/f', { headers: ['X-Own', '1', 'Host', 'testbbb'] }),
    await viaHttp('/redirect'),
    await viaHttp('/close'),
    await viaHttp('/destroy'),
    await viaHttp('/half'),
    await viaHttp('/g', { agent: false }),
    await viaHttp('/hang', { stopAfterHead: true }),
  ],
  fetch: async () => [
    await outcomeOf(async () => {
      const { default: axios } = await load('axios')
      return axios.get(`${base}/a`, { adapter: 'fetch' })
    }),
    await viaFetch('/a'),
    await viaFetch('/b', { ...posted, body: 'some body' }),
    await viaFetch('/c', { ...posted, body: new Blob(['some blob']).stream(), duplex: 'half' }),
    await viaFetch('/redirect'),
    await viaFetch('/redirect', { ...posted, body: 'some body' }),
    await viaFetch('/redirect', { redirect: 'manual' }),
    await viaFetch('/redirect', { redirect: 'error' }),
    await viaFetch('/error'),
    await viaFetch('/destroy'),
    await stopFetch('/hang'),
    await viaFetch('/a', { headers: { 'x-bad': 'a\nb' } }),
    await outcomeOf(async () => fetch(dead)),
    await outcomeOf(async () => fetch('nonsense')),
  ],
  axios: async () => {
    const { default: axios } = await load('axios')
    const client = axios.create({ httpAgent: agent, proxy: false })
    return [
      await outcomeOf(() => client.get(`${base}/a`, { params: { b: 'c' } })),
      await outcomeOf(() => client.post(`${base}/b`, { some: 'json' })),
      await outcomeOf(() => client.get(`${base}/redirect`)),
      await outcomeOf(() => client.get(`${base}/redirect`, { maxRedirects: 0 })),
      await outcomeOf(() => client.get(`${base}/error`)),
      await outcomeOf(() => client.get(`${base}/destroy`)),
      await outcomeOf(() => client.get(dead)),
    ]
  },
  undici: async () => {
    const { Agent, request } = await load('undici')
    const dispatcher = new Agent({ connections: 1 })
    const call = (path, options) =>
      outcomeOf(async () => {
        const { statusCode, headers, body } = await request(`${base}${path}`, {
          dispatcher,
          ...options,
        })
        return { statusCode, headers, body: await body.text() }
      })
    return [
      await call('/a'),
      await call('/b', { ...posted, body: 'some body' }),
      await call('/c', { headers: ['X-Own', '1', 'x-own', '2'] }),
      await call('/redirect'),
      await call('/destroy'),
      await dispatcher.close(),
    ]
  },
  got: async () => {
    const { got } = await load('got-14')
    const client = got.extend({ agent: { http: agent }, retry: { limit: 0 } })
    return [
      await outcomeOf(() => client(`${base}/a`)),
      await outcomeOf(() => client.post(`${base}/b`, { json: { some: 'json' } })),
      await outcomeOf(() => client(`${base}/redirect`)),
      await outcomeOf(() => client(`${base}/error`)),
      await outcomeOf(() => client(`${base}/destroy`)),
    ]
  },
  superagent: async () => {
    const { default: superagent } = await load('superagent')
    return [
      await outcomeOf(() => superagent.get(`${base}/a`).agent(agent)),
      await outcomeOf(() => superagent.post(`${base}/b`).agent(agent).send({ some: 'json' })),
      await outcomeOf(() => superagent.get(`${base}/redirect`).agent(agent)),
      await outcomeOf(() => superagent.get(`${base}/error`).agent(agent)),
    ]
  },
}

const server = createServer(async (request, response) => {
  const events = []
  for (const event of ['data', 'end', 'close']) request.on(event, () => events.push(event))
  for (const event of ['prefinish', 'finish', 'close']) {
    response.on(event, () => {
      events.push(`response ${event}`)
      if (event === 'close') console.log(JSON.stringify(events))
    })
  }
  const ended = once(request, 'end')
  request.resume()
  await ended
  const scenario = scenarios[decodeURIComponent(request.url.slice(1))]
  response.setHeader('x-scenario', String(scenario !== undefined))
  response.end(JSON.stringify(await scenario()))
})
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })))
process.stdin.on('end', () => process.exit()).resume()
