import * as newest from '@grpc/grpc-js'
import * as oldest from 'grpc-js-1-8'
import { describe, expect, it, onTestFinished } from 'vitest'
import { laneGrpc, laneGrpcHandler } from '../../src/grpc.ts'
import { createPropagator, currentLane, run } from '../../src/index.ts'
import type { Propagator } from '../../src/index.ts'
import { install } from '../../src/install.ts'
import { callAtOnce } from '../support/call-at-once.ts'
import { installHere } from '../support/wire.ts'

const text = {
  serialize: (value: string) => Buffer.from(value),
  deserialize: (bytes: Buffer) => bytes.toString(),
}

interface Service {
  readonly port: number
  /** What each call was named, the header that it brought, and the lane of its handler's end. */
  readonly received: unknown[][]
}

/** Its handlers know nothing of lanes, unless they are wrapped. */
async function serve(
  { Server, ServerCredentials }: typeof newest,
  wrap: <H extends newest.UntypedHandleCall>(handler: H) => H = (handler) => handler,
): Promise<Service> {
  const received: unknown[][] = []
  const note = (name: unknown, metadata: newest.Metadata): void => {
    received.push([name, metadata.get('project-version').join() || 'none', currentLane() ?? 'none'])
  }
  const echo: newest.handleUnaryCall<string, string> = ({ metadata, request }, callback) => {
    note(request, metadata)
    callback(null, 'ok')
  }
  const chat: newest.handleBidiStreamingCall<string, string> = (call) => {
    call.on('data', (name) => {
      note(name, call.metadata)
      call.write('ok')
    })
    call.on('end', () => call.end())
  }
  const common = {
    requestSerialize: text.serialize,
    requestDeserialize: text.deserialize,
    responseSerialize: text.serialize,
    responseDeserialize: text.deserialize,
  }
  const server = new Server()
  server.addService(
    {
      echo: { ...common, path: '/lanes.Test/Echo', requestStream: false, responseStream: false },
      chat: { ...common, path: '/lanes.Test/Chat', requestStream: true, responseStream: true },
    },
    { echo: wrap(echo), chat: wrap(chat) },
  )
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound)
      else reject(error)
    })
  })
  // Needed up to 1.9, deprecated since.
  if (Object(Server) === Object(oldest.Server)) server.start()
  onTestFinished(() => server.forceShutdown())
  return { port, received }
}

interface Calls {
  echo(name: string, metadata?: newest.Metadata): Promise<unknown>
  chat(name: string): Promise<unknown>
}

function connect(
  { Client, Metadata, credentials }: typeof newest,
  target: string,
  options?: newest.ClientOptions,
): Calls {
  const client = new Client(target, credentials.createInsecure(), options)
  onTestFinished(() => client.close())
  const { serialize, deserialize } = text
  return {
    echo: async (name, metadata = new Metadata()) =>
      new Promise((resolve, reject) => {
        client.makeUnaryRequest(
          '/lanes.Test/Echo',
          serialize,
          deserialize,
          name,
          metadata,
          (error, answer) => (error === null ? resolve(answer) : reject(error)),
        )
      }),
    chat: async (name) =>
      new Promise((resolve, reject) => {
        const stream = client.makeBidiStreamRequest('/lanes.Test/Chat', serialize, deserialize)
        stream.on('data', () => stream.end())
        stream.on('error', reject).on('end', resolve)
        stream.write(name)
      }),
  }
}

describe.each<[string, typeof newest]>([
  ['grpc-js-1-8', Object(oldest)],
  ['@grpc/grpc-js', newest],
])('install, with %s', (_, grpc) => {
  it.each(['echo', 'chat'] as const)(
    'H20, H1 mixes up none of 20 calls that wait for the connection, and serves each in its lane: %s',
    async (method) => {
      installHere()
      const { port, received } = await serve(grpc)
      const client = connect(grpc, `localhost:${port}`)
      const calls = await callAtOnce((name) => client[method](name))
      expect(received).toHaveLength(calls)
      expect(received.filter(([name, ...lanes]) => lanes.some((lane) => lane !== name))).toEqual([])
    },
  )

  it('H1, H9 tells each of 20 callers in its scope that the channel is ready, and what was answered', async () => {
    installHere()
    const { port } = await serve(grpc)
    const client = new grpc.Client(`localhost:${port}`, grpc.credentials.createInsecure())
    onTestFinished(() => client.close())
    const { serialize, deserialize } = text
    const told: unknown[][] = []
    await callAtOnce(async (name) => {
      const note = (): void => void told.push([name, currentLane() ?? 'none'])
      await new Promise<void>((resolve) => {
        client.waitForReady(Infinity, () => {
          note()
          resolve()
        })
      })
      await new Promise<void>((resolve) => {
        const metadata = new grpc.Metadata()
        client.makeUnaryRequest('/lanes.Test/Echo', serialize, deserialize, name, metadata, () => {
          note()
          resolve()
        })
      })
      await new Promise<void>((resolve) => {
        const stream = client.makeBidiStreamRequest('/lanes.Test/Chat', serialize, deserialize)
        stream.on('data', () => {
          note()
          stream.end()
        })
        stream.on('end', () => {
          note()
          resolve()
        })
        stream.write(name)
      })
    })
    expect(told).toHaveLength(80)
    expect(told.filter(([name, lane]) => lane !== name)).toEqual([])
  })

  it('H2, H4, H5, H16 judges the target, keeps metadata of the caller, and changes none', async () => {
    const { counters } = installHere()
    const { port, received } = await serve(grpc)
    const inside = connect(grpc, `127.0.0.1:${port}`)
    // Another address of this machine, and yet none that may have it.
    const outside = connect(grpc, `ipv6:[::ffff:127.0.0.1]:${port}`)
    const metadata = new grpc.Metadata()
    await run('a', async () => inside.echo('1', metadata))
    await run('a', async () => outside.echo('2', metadata))
    await inside.echo('3', metadata)
    expect(metadata.getMap()).toEqual({})
    metadata.set('project-version', 'mine')
    await run('a', async () => inside.echo('4', metadata))
    expect(received.map(([, lane]) => lane)).toEqual(['a', 'none', 'none', 'mine'])
    expect(counters()).toMatchObject({ injected: 1, withheld: 1, kept: 1 })
  })

  it('H7 makes a call without a lane that an interceptor of the app has frozen', async () => {
    installHere()
    const { port, received } = await serve(grpc)
    const freeze: newest.Interceptor = (options, next) => {
      const call = new grpc.InterceptingCall(next(options))
      const own = [
        'start',
        'sendMessage',
        'sendMessageWithContext',
        'halfClose',
        'cancelWithStatus',
        'getPeer',
      ]
      const methods = own.map((name) => [name, Object(Reflect.get(call, name)).bind(call)])
      return Object.freeze(Object.fromEntries(methods))
    }
    const client = connect(grpc, `localhost:${port}`, { interceptors: [freeze] })
    await run('a', async () => client.echo('1'))
    expect(received).toEqual([['1', 'none', 'none']])
  })

  it('H18 sends one header beside laneGrpc and laneGrpcHandler, and is gone when undone', async () => {
    const propagator: Propagator = createPropagator()
    const undo = install({ propagator })
    const { port, received } = await serve(grpc, (handler) => laneGrpcHandler(handler))
    const interceptors: newest.Interceptor[] = [laneGrpc({ propagator })]
    const both = connect(grpc, `localhost:${port}`, { interceptors })
    await run('a', async () => both.echo('1'))
    undo()
    await run('b', async () => connect(grpc, `localhost:${port}`).echo('2'))
    expect(received).toEqual([
      ['1', 'a', 'a'],
      ['2', 'none', 'none'],
    ])
    expect(propagator.counters()).toMatchObject({ injected: 1 })
  })
})
