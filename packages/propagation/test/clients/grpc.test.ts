import * as newest from '@grpc/grpc-js'
import * as oldest from 'grpc-js-1-8'
import { describe, expect, it, onTestFinished } from 'vitest'
import { laneGrpc, laneGrpcHandler } from '../../src/grpc.ts'
import { grpcUrl } from '../../src/grpc/target.ts'
import { createPropagator, currentLane, run } from '../../src/index.ts'
import type { PropagatorOption } from '../../src/index.ts'
import { install } from '../../src/install.ts'
import { callAtOnce } from '../support/call-at-once.ts'

const text = {
  serialize: (value: string) => Buffer.from(value),
  deserialize: (bytes: Buffer) => bytes.toString(),
}

function fail(): never {
  throw new Error('no peer')
}

/** What a call brought, and the lanes of its handler and of its stream's end. */
interface Service {
  readonly target: string
  readonly received: string[]
}

async function serve(grpc: typeof newest, options: PropagatorOption = {}): Promise<Service> {
  const { Server, ServerCredentials } = grpc
  const received: string[] = []
  const server = new Server()
  const note = (...values: readonly unknown[]): void => void received.push(values.join())
  const echo: newest.handleUnaryCall<string, string> = ({ metadata }, callback) => {
    note(metadata.get('project-version'), currentLane())
    callback(null, 'ok')
  }
  const collect: newest.handleClientStreamingCall<string, string> = (call, callback) => {
    const lane = currentLane()
    call.on('data', () => undefined)
    call.on('end', () => {
      note(call.metadata.get('project-version'), lane, currentLane())
      callback(null, 'ok')
    })
  }
  const common = {
    requestSerialize: text.serialize,
    requestDeserialize: text.deserialize,
    responseSerialize: text.serialize,
    responseDeserialize: text.deserialize,
    responseStream: false,
  }
  server.addService(
    {
      echo: { ...common, path: '/lanes.Test/Echo', requestStream: false },
      collect: { ...common, path: '/lanes.Test/Collect', requestStream: true },
    },
    { echo: laneGrpcHandler(echo, options), collect: laneGrpcHandler(collect, options) },
  )
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound)
      else reject(error)
    })
  })
  // Needed up to 1.9, deprecated since.
  if (grpc !== newest) server.start()
  onTestFinished(() => server.forceShutdown())
  return { target: `127.0.0.1:${port}`, received }
}

function connect(
  { Client, credentials }: typeof newest,
  target: string,
  interceptors: newest.Interceptor[],
): (metadata: newest.Metadata) => Promise<unknown> {
  const client = new Client(target, credentials.createInsecure(), { interceptors })
  onTestFinished(() => client.close())
  return async (metadata) =>
    new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        '/lanes.Test/Echo',
        text.serialize,
        text.deserialize,
        'hello',
        metadata,
        (error, answer) => (error === null ? resolve(answer) : reject(error)),
      )
    })
}

describe.each<[string, typeof newest]>([
  ['grpc-js-1-8', Object(oldest)],
  ['@grpc/grpc-js', newest],
])('%s', (_, grpc) => {
  it('H20 carries the lane of the scope that calls into the handler', async () => {
    const { target, received } = await serve(grpc)
    const call = connect(grpc, target, [laneGrpc(), laneGrpc({ target })])
    const metadata = new grpc.Metadata()
    await run('lane-a', async () => call(metadata))
    await call(metadata)
    expect(metadata.getMap()).toEqual({})
    const own = new grpc.Metadata()
    own.set('project-version', 'mine')
    await run('lane-a', async () => call(own))
    expect(received).toEqual(['lane-a,lane-a', ',', 'mine,mine'])
  })

  it('H1 keeps 20 calls apart on one connection', async () => {
    const { target, received } = await serve(grpc)
    const call = connect(grpc, target, [laneGrpc()])
    const names = Array.from({ length: 20 }, (__, index) => `lane-${index}`)
    await Promise.all(names.map(async (name) => run(name, async () => call(new grpc.Metadata()))))
    expect(received.toSorted()).toEqual(names.map((name) => `${name},${name}`).toSorted())
  })

  it('H1 answers each of 20 callers on one connection in its scope', async () => {
    const { target } = await serve(grpc)
    const { Client, credentials } = grpc
    const client = new Client(target, credentials.createInsecure(), { interceptors: [laneGrpc()] })
    onTestFinished(() => client.close())
    const { serialize, deserialize } = text
    const told: unknown[][] = []
    await callAtOnce(
      async (name) =>
        new Promise<void>((resolve) => {
          const metadata = new grpc.Metadata()
          client.makeUnaryRequest('/lanes.Test/Echo', serialize, deserialize, '', metadata, () => {
            told.push([name, currentLane() ?? 'none'])
            resolve()
          })
        }),
    )
    expect(told).toHaveLength(20)
    expect(told.filter(([name, lane]) => lane !== name)).toEqual([])
  })

  it('H9, H20 carries it into the events of a stream', async () => {
    const { target, received } = await serve(grpc)
    const client = new grpc.Client(target, grpc.credentials.createInsecure(), {
      interceptors: [laneGrpc()],
    })
    onTestFinished(() => client.close())
    await new Promise((resolve) => {
      const stream = run('lane-a', () =>
        client.makeClientStreamRequest(
          '/lanes.Test/Collect',
          text.serialize,
          text.deserialize,
          resolve,
        ),
      )
      stream.write('a')
      stream.end()
    })
    expect(received).toEqual(['lane-a,lane-a,lane-a'])
  })

  it('H7 starts a call without a lane that is none of grpc-js, as mocks make it', () => {
    const interceptor: unknown = laneGrpc()
    const started: unknown[] = []
    for (const mock of [{ getPeer: fail }, {}, { getPeer: () => 'localhost' }]) {
      const call = { ...mock, start: (metadata: unknown) => void started.push(metadata) }
      const made: unknown = Reflect.apply(Object(interceptor), undefined, [{}, () => call])
      for (const metadata of [new grpc.Metadata(), undefined]) {
        run('lane-a', () => Reflect.apply(Reflect.get(Object(made), 'start'), made, [metadata]))
      }
    }
    const lanes = started.map((given) =>
      given instanceof grpc.Metadata ? given.get('project-version').join() : given,
    )
    expect(lanes).toEqual(['', undefined, '', undefined, 'lane-a', undefined])
  })

  it('H7 serves a call that a mock has made, of which nothing but the headers can be told', () => {
    const handler = laneGrpcHandler((_call: object) => currentLane())
    const metadata = { 'project-version': 'lane-a' }
    expect(handler({ metadata, getPath: fail, getPeer: fail })).toBe('lane-a')
    expect(handler({ metadata })).toBe('lane-a')
    expect(handler({})).toBeUndefined()
  })

  it.each<[string, boolean]>([
    ['alone', false],
    ['beside `install`', true],
  ])('H21 asks `trust` whether a call may choose its lane: %s', async (__, isInstalled) => {
    const propagator = createPropagator({
      trust: ({ headers, url, socket }) =>
        headers?.['x-staff'] === 'yes' &&
        url === '/lanes.Test/Echo' &&
        socket?.remoteAddress === '127.0.0.1',
    })
    if (isInstalled) onTestFinished(install({ propagator }))
    const { target, received } = await serve(grpc, { propagator })
    const call = connect(grpc, target, [])
    const metadata = new grpc.Metadata()
    metadata.set('project-version', 'lane-a')
    await call(metadata)
    metadata.set('x-staff', 'yes')
    await call(metadata)
    metadata.add('project-version', 'lane-b')
    await call(metadata)
    expect(received.map((one) => one.split(',').at(-1))).toEqual(['', 'lane-a', ''])
  })

  it('H16 sends nothing to a third party, whether the client says so or the option', async () => {
    const { target, received } = await serve(grpc)
    const propagator = createPropagator()
    const interceptor = laneGrpc({ target: 'dns:///grpc.example.com:443', propagator })
    const call = connect(grpc, target, [interceptor])
    await run('lane-a', async () => call(new grpc.Metadata()))
    // Another address of this machine, and yet none that may have it.
    const away = target.replace('127.0.0.1', 'ipv6:[::ffff:127.0.0.1]')
    await run('lane-a', async () =>
      connect(grpc, away, [laneGrpc({ propagator })])(new grpc.Metadata()),
    )
    expect(received).toEqual([',', ','])
    expect(propagator.counters()).toMatchObject({ withheld: 2, injected: 0 })
  })
})

describe('the target of a gRPC client', () => {
  it.each([
    ['testbbb.test-istio:50051', 'http://testbbb.test-istio:50051/'],
    ['testbbb', 'http://testbbb/'],
    ['dns:testbbb:1', 'http://testbbb:1/'],
    ['dns:///testbbb:1', 'http://testbbb:1/'],
    ['dns://1.1.1.1/testbbb:1', 'http://testbbb:1/'],
    ['ipv4:127.0.0.1:1', 'http://127.0.0.1:1/'],
    ['ipv6:[::1]:1', 'http://[::1]:1/'],
    ['ipv4:10.0.0.1:1,8.8.8.8:1', ''],
    ['unix:///run/a.sock', ''],
    ['xds:///testbbb', ''],
    ['user@evil.com', ''],
  ])('H14 stands for a URL: %s', (target, url) => {
    expect(grpcUrl(target)).toBe(url)
  })
})
