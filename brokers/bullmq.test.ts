import { extract, inject, run } from '@traffic-lanes/propagation'
import { Queue, Worker } from 'bullmq'
import type { Job, Processor } from 'bullmq'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { startRedis } from './support/brokers.ts'
import { NAMES, createConsumer, expected, laneOf, sorted } from './support/consumer.ts'
import type { Broker } from './support/process.ts'

let redis: Broker
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(async () => redis.stop())

/** A job's data, with the headers of the message. */
interface Order {
  readonly name: string
  readonly headers: object
}

function connect(name: string, process: Processor<Order>): Queue<Order> {
  const connection = { host: '127.0.0.1', port: redis.port, maxRetriesPerRequest: null }
  const queue = new Queue<Order>(name, { connection })
  // Started inside a scope, which no message may inherit.
  const worker = run(
    'outer',
    () => new Worker<Order>(name, process, { connection, concurrency: 5 }),
  )
  worker.on('error', () => undefined)
  onTestFinished(async () => {
    await worker.close(true)
    await queue.close()
  })
  return queue
}

/** Adds a job that carries the lane of this scope. */
async function add(queue: Queue<Order>, name: string, attempts = 1): Promise<void> {
  const headers = {}
  inject(headers)
  await queue.add('created', { name, headers }, { attempts })
}

it('each job is handled in the lane in which it was added', async () => {
  const { handle, handled } = await createConsumer()
  const queue = connect('orders', async ({ data }: Job<Order>) =>
    run(extract(data.headers), async () => handle(data.name)),
  )
  await Promise.all(NAMES.map(async (name) => run(laneOf(name), async () => add(queue, name))))
  expect(sorted(await handled(NAMES.length))).toEqual(sorted(expected(NAMES)))
})

it('a job that is tried again keeps its lane', async () => {
  const { handle, handled } = await createConsumer()
  const queue = connect('retried', async ({ data, attemptsMade }: Job<Order>) =>
    run(extract(data.headers), async () => {
      if (attemptsMade === 0) throw new Error('Try again')
      return handle(data.name)
    }),
  )
  await run('lane-a', async () => add(queue, 'lane-a', 2))
  expect(await handled(1)).toEqual(expected(['lane-a']))
})

it('a value that is no lane is none, and the job is handled', async () => {
  const { handle, handled } = await createConsumer()
  const queue = connect('strange', async ({ data }: Job<Order>) =>
    run(extract(data.headers), async () => handle(data.name)),
  )
  await queue.add('created', { name: 'none-1', headers: { 'project-version': 'a\r\nb: c' } })
  await queue.add('created', { name: 'none-2', headers: { 'project-version': ['a', 'b'] } })
  expect(sorted(await handled(2))).toEqual(expected(['none-1', 'none-2']))
})

it('without it the job runs in whatever scope the worker was started', async () => {
  const { handle, handled } = await createConsumer()
  const queue = connect('plain', async ({ data }: Job<Order>) => handle(data.name))
  await run('lane-a', async () => add(queue, 'lane-a'))
  expect((await handled(1)).map(({ lane }) => lane)).not.toEqual(['lane-a'])
})
