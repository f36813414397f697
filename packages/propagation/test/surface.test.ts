import axios, { Axios } from 'axios'
import Koa from 'koa'
import { fetch as undiciFetch } from 'undici'
import { describe, expect, expectTypeOf, it } from 'vitest'
import * as axiosEntry from '../src/axios.ts'
import * as connectEntry from '../src/connect.ts'
import * as fastifyEntry from '../src/fastify.ts'
import * as fetchEntry from '../src/fetch.ts'
import * as gotEntry from '../src/got.ts'
import * as grpcEntry from '../src/grpc.ts'
import * as http2Entry from '../src/http2.ts'
import * as root from '../src/index.ts'
import type { LaneRecord, Propagator, PropagatorOptions, Target } from '../src/index.ts'
import * as installEntry from '../src/install.ts'
import * as koaEntry from '../src/koa.ts'
import * as logEntry from '../src/log.ts'
import * as otelEntry from '../src/opentelemetry.ts'
import * as serverEntry from '../src/server.ts'
import * as superagentEntry from '../src/superagent.ts'
import * as testingEntry from '../src/testing.ts'
import * as trailEntry from '../src/trail.ts'
import * as undiciEntry from '../src/undici.ts'
import * as wsEntry from '../src/ws.ts'

describe('what is exported', () => {
  it('H8 is this, and no way to enter a scope without leaving it', () => {
    const names = {
      '.': root,
      './koa': koaEntry,
      './connect': connectEntry,
      './fastify': fastifyEntry,
      './server': serverEntry,
      './axios': axiosEntry,
      './fetch': fetchEntry,
      './got': gotEntry,
      './grpc': grpcEntry,
      './http2': http2Entry,
      './superagent': superagentEntry,
      './undici': undiciEntry,
      './ws': wsEntry,
      './log': logEntry,
      './opentelemetry': otelEntry,
      './testing': testingEntry,
      './trail': trailEntry,
      './install': installEntry,
    }
    const surface = Object.entries(names).map(
      ([path, entry]) => `${path}: ${Object.keys(entry).join(' ')}`,
    )
    expect(surface).toMatchInlineSnapshot(`
      [
        ".: bind bindEmitter counters currentLane explain extract inject run snapshot createPropagator",
        "./koa: laneMiddleware",
        "./connect: laneConnect",
        "./fastify: laneFastify",
        "./server: laneServer",
        "./axios: registerInterceptor",
        "./fetch: wrapFetch laneFetch",
        "./got: laneGot",
        "./grpc: laneGrpc laneGrpcHandler",
        "./http2: laneHttp2",
        "./superagent: laneSuperagent",
        "./undici: laneUndici",
        "./ws: laneWs",
        "./log: laneMixin laneFormat",
        "./opentelemetry: lanePropagator",
        "./testing: expectLanes startUpstream watchLanes",
        "./trail: TRAIL_HEADER findLoss parseTrail trailMiddleware trailConnect",
        "./install: install",
      ]
    `)
    expect(Object.keys(root.createPropagator())).toMatchInlineSnapshot(`
      [
        "header",
        "fields",
        "currentLane",
        "outboundLane",
        "run",
        "bind",
        "bindEmitter",
        "snapshot",
        "inject",
        "extract",
        "receive",
        "trusts",
        "strip",
        "explain",
        "counters",
      ]
    `)
  })
})

describe('the types', () => {
  it('fit Koa, axios and every fetch', () => {
    const app = new Koa()
    expect(app.use(koaEntry.laneMiddleware())).toBe(app)
    axiosEntry.registerInterceptor(axios)()
    axiosEntry.registerInterceptor(new Axios())()
    expectTypeOf(fetchEntry.laneFetch).toEqualTypeOf<typeof fetch>()
    expectTypeOf(fetchEntry.wrapFetch(fetch)).toEqualTypeOf<typeof fetch>()
    expectTypeOf(fetchEntry.wrapFetch(undiciFetch)).toEqualTypeOf<typeof undiciFetch>()
  })

  it('pass results and signatures through', () => {
    expectTypeOf(root.run('a', () => 42)).toEqualTypeOf<number>()
    expectTypeOf(root.run(null, async () => 'a')).toEqualTypeOf<Promise<string>>()
    expectTypeOf(root.bind((a: string, b?: number) => [a, b])).toEqualTypeOf<
      (a: string, b?: number) => Array<string | number | undefined>
    >()
    expectTypeOf(root.currentLane).returns.toEqualTypeOf<string | undefined>()
    expectTypeOf(root.extract).returns.toEqualTypeOf<LaneRecord>()
  })

  it('refuse what cannot work', () => {
    expectTypeOf<number>().not.toExtend<Parameters<typeof root.run>[0]>()
    expectTypeOf<{ 'project-version': number }>().not.toExtend<Parameters<typeof root.run>[0]>()
    expectTypeOf<string>().not.toExtend<Parameters<typeof root.inject>[0]>()
    expectTypeOf<{ url: undefined }>().not.toExtend<
      NonNullable<Parameters<typeof root.inject>[1]>
    >()
    expectTypeOf<string>().not.toExtend<PropagatorOptions['pattern']>()
    expectTypeOf<(url: string) => boolean>().not.toExtend<Target>()
    expectTypeOf<object>().not.toExtend<Propagator>()
    expectTypeOf<object>().not.toExtend<Parameters<typeof axiosEntry.registerInterceptor>[0]>()
    expectTypeOf<() => number>().not.toExtend<Parameters<typeof fetchEntry.wrapFetch>[0]>()
    expectTypeOf<LaneRecord>().not.toEqualTypeOf<Record<string, string>>()
  })
})
