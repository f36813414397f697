import { currentLane } from '@traffic-lanes/propagation'
import { createObserver } from '@traffic-lanes/observe'
import { createReadiness } from '@traffic-lanes/serve'
import request from 'supertest'
import { describe, expect, it } from 'vitest'
import { createApp } from '../src/app.ts'

const observer = createObserver({ service: 'testbbb', version: 'release', level: 'silent' })

function start(version = 'release') {
  const readiness = createReadiness()
  const app = createApp({ version, readiness, observer })
  return { readiness, http: request(app.callback()) }
}

describe('testbbb', () => {
  it('answers its version and says that it served', async () => {
    const { http } = start('release-v3')
    const response = await http.get('/').expect(200)
    expect(response.text).toBe('release-v3')
    expect(response.headers['content-type']).toBe('text/plain; charset=utf-8')
    expect(response.headers['x-served-by']).toBe('testbbb@release-v3')
  })

  it('answers by its own version, whatever the lane of the request', async () => {
    const { http } = start('release')
    const response = await http.get('/').set('project-version', 'release-v1').expect(200)
    expect(response.text).toBe('release')
  })

  it('knows the lane of the request, for the calls that it does not make yet', async () => {
    const app = createApp({ version: 'release', readiness: createReadiness(), observer })
    app.use((ctx) => {
      if (ctx.path === '/lane') ctx.body = currentLane()
    })
    const response = await request(app.callback()).get('/lane').set('project-version', 'release-v1')
    expect(response.text).toBe('release-v1')
  })

  it('answers a bad lane value as if there were none', async () => {
    const { http } = start()
    const response = await http.get('/').set('project-version', 'not a lane!').expect(200)
    expect(response.text).toBe('release')
  })

  it('is alive from the start and ready between listening and the stop', async () => {
    const { http, readiness } = start()
    const probe = async (path: string): Promise<[number, string]> => {
      const { status, text } = await http.get(path)
      return [status, text]
    }
    expect(await probe('/healthz')).toEqual([200, 'ok'])
    expect(await probe('/readyz')).toEqual([503, 'starting'])
    readiness.enter('serving')
    expect(await probe('/readyz')).toEqual([200, 'ready'])
    readiness.enter('stopping')
    expect(await probe('/readyz')).toEqual([503, 'stopping'])
    expect(await probe('/healthz')).toEqual([200, 'ok'])
  })

  it('tells its metrics to a scrape', async () => {
    const { http } = start()
    await http.get('/').set('project-version', 'release-v7')
    const { text, headers } = await http.get('/metrics').expect(200)
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(text).toMatch(/^lane_fallbacks_total\{lane="release-v7",.*\} 1$/m)
  })

  it('answers an unknown path with a problem and still says that it served', async () => {
    const { http } = start('release-v1')
    const response = await http.get('/nowhere').expect(404)
    expect(response.headers['content-type']).toBe('application/problem+json')
    expect(response.headers['x-served-by']).toBe('testbbb@release-v1')
    expect(JSON.parse(response.text)).toEqual({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: 'Nothing here answers GET /nowhere.',
    })
  })

  it('answers another method with the methods that it knows', async () => {
    const { http } = start()
    const response = await http.post('/').expect(405)
    expect(response.headers['allow']).toBe('HEAD, GET')
    expect(response.headers['content-type']).toBe('application/problem+json')
  })

  it('answers an error that has a status with that status', async () => {
    const app = createApp({ version: 'release', readiness: createReadiness(), observer })
    app.use((ctx) => {
      if (ctx.path === '/taken') ctx.throw(409, 'Taken.')
    })
    const response = await request(app.callback()).get('/taken').expect(409)
    expect(JSON.parse(response.text)).toEqual({
      type: 'about:blank',
      title: 'Conflict',
      status: 409,
      detail: 'Taken.',
    })
  })

  it('answers an error of its own with a problem that tells nothing of its inside', async () => {
    const app = createApp({ version: 'release', readiness: createReadiness(), observer })
    const logged: unknown[] = []
    const failure = new Error('secret')
    app.on('error', (error) => logged.push(error))
    app.use((ctx) => {
      if (ctx.path === '/fails') throw failure
    })
    const response = await request(app.callback()).get('/fails').expect(500)
    expect(JSON.parse(response.text)).toEqual({
      type: 'about:blank',
      title: 'Internal Server Error',
      status: 500,
      detail: 'The service failed; its log says why.',
    })
    expect(response.headers['x-served-by']).toBe('testbbb@release')
    expect(logged).toEqual([failure])
  })
})
