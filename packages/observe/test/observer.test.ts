import { counters } from '@traffic-lanes/propagation'
import { laneMiddleware } from '@traffic-lanes/propagation/koa'
import Koa from 'koa'
import request from 'supertest'
import { describe, expect, it } from 'vitest'
import { createObserver } from '../src/index.ts'
import type { ObserverOptions } from '../src/index.ts'

function start(options: Partial<ObserverOptions> = {}) {
  const lines: Record<string, unknown>[] = []
  const observer = createObserver({
    service: 'testaaa',
    version: 'release-v1',
    level: 'info',
    destination: { write: (line: string) => void lines.push(JSON.parse(line)) },
    ...options,
  })
  const app = new Koa()
  app.silent = true
  app.use(laneMiddleware())
  app.use(observer.middleware)
  app.use((ctx) => {
    if (ctx.path === '/fails') ctx.throw(503)
    if (ctx.path === '/speaks') observer.log.info({ order: 7 }, 'paid')
    ctx.body = 'ok'
  })
  const http = request(app.callback())
  const scrape = async (name: string) =>
    (await observer.metrics()).body
      .split('\n')
      .filter((line) => line.startsWith(name))
      .map((line) => line.replace('service="testaaa",version="release-v1"', '…'))
  return { http, lines, scrape, observer }
}

describe('an observer', () => {
  it('logs one JSON line a request with hop, lane, trace id, status and duration', async () => {
    const { http, lines } = start()
    await http
      .get('/orders')
      .set('project-version', 'release-v3')
      .set('traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01')
    expect(lines).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        service: 'testaaa',
        version: 'release-v1',
        hop: 'testaaa@release-v1',
        lane: 'release-v3',
        traceId: '0af7651916cd43dd8448eb211c80319c',
        method: 'GET',
        path: '/orders',
        status: 200,
        duration: expect.any(Number),
        msg: 'request',
      },
    ])
  })

  it('puts the lane on every line that is logged inside a request', async () => {
    const { http, lines } = start()
    await http.get('/speaks').set('project-version', 'release-v3')
    expect(lines[0]).toMatchObject({ msg: 'paid', order: 7, lane: 'release-v3' })
  })

  it('logs a failure as an error, and a request without lane and trace with nulls', async () => {
    const { http, lines } = start()
    await http.get('/fails')
    expect(lines).toMatchObject([{ level: 'error', status: 503, lane: null, traceId: null }])
  })

  it.each([
    ['00-00000000000000000000000000000000-b7ad6b7169203331-01'],
    ['ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
    ['00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01'],
    ['hello'],
  ])('takes no trace id from %s', async (traceparent) => {
    const { http, lines } = start()
    await http.get('/').set('traceparent', traceparent)
    expect(lines[0]).toMatchObject({ traceId: null })
  })

  it('says nothing about probes and scrapes', async () => {
    const { http, lines, scrape } = start()
    await http.get('/readyz')
    await http.get('/metrics')
    expect(lines).toEqual([])
    expect(await scrape('lane_requests_total')).toEqual([])
  })

  it('counts requests by lane and status', async () => {
    const { http, scrape } = start()
    await http.get('/')
    await http.get('/').set('project-version', 'release-v1')
    await http.get('/').set('project-version', 'release-v1')
    await http.get('/fails').set('project-version', 'release-v1')
    expect(await scrape('lane_requests_total')).toEqual([
      'lane_requests_total{lane="",status="200",…} 1',
      'lane_requests_total{lane="release-v1",status="200",…} 2',
      'lane_requests_total{lane="release-v1",status="503",…} 1',
    ])
    expect(await scrape('lane_request_duration_seconds_count')).toEqual([
      'lane_request_duration_seconds_count{…,lane=""} 1',
      'lane_request_duration_seconds_count{…,lane="release-v1"} 3',
    ])
  })

  it('counts as fallbacks the requests of lanes that it is no version of', async () => {
    const { http, scrape } = start()
    await http.get('/')
    await http.get('/').set('project-version', 'release-v1')
    await http.get('/').set('project-version', 'release-v9')
    expect(await scrape('lane_fallbacks_total')).toEqual([
      'lane_fallbacks_total{lane="release-v9",…} 1',
    ])
  })

  it('counts lanes past the limit under one name', async () => {
    const { http, scrape } = start({ maxLanes: 2 })
    for (const lane of ['a', 'b', 'c', 'd', 'a']) await http.get('/').set('project-version', lane)
    expect(await scrape('lane_requests_total')).toEqual([
      'lane_requests_total{lane="a",status="200",…} 2',
      'lane_requests_total{lane="b",status="200",…} 1',
      'lane_requests_total{lane="other",status="200",…} 2',
    ])
  })

  it('shows what the SDK counted, once each however often it is scraped', async () => {
    const { dropped, ...rest } = counters()
    const counted = { ...rest, injected: 3, withheld: 1, dropped: { ...dropped, pattern: 2 } }
    const { scrape } = start({ counters: () => counted })
    await scrape('lane_marks')
    expect(await scrape('lane_marks_total')).toContain('lane_marks_total{action="injected",…} 3')
    expect(await scrape('lane_marks_dropped_total')).toContain(
      'lane_marks_dropped_total{reason="pattern",…} 2',
    )
  })

  it.each([0, 1.5, Number.NaN])('refuses %s as a number of lanes', (maxLanes) => {
    expect(() => start({ maxLanes })).toThrow(
      `Expected \`maxLanes\` to be a whole number of at least 1, not ${maxLanes}.`,
    )
  })
})
