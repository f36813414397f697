import { extract, inject, run } from '@traffic-lanes/propagation'
import { connect } from 'amqplib'
import type { Channel, ConsumeMessage } from 'amqplib'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { startRabbit } from './support/brokers.ts'
import { NAMES, createConsumer, expected, laneOf, sorted } from './support/consumer.ts'
import type { Broker } from './support/process.ts'

let rabbit: Broker
beforeAll(async () => {
  rabbit = await startRabbit()
})
afterAll(async () => rabbit.stop())

/** Consumes a queue of its own; the consumer is started inside a scope, which no message may inherit. */
async function consume(
  queue: string,
  handle: (message: ConsumeMessage, channel: Channel) => unknown,
): Promise<Channel> {
  const connection = await connect(`amqp://127.0.0.1:${rabbit.port}`)
  onTestFinished(async () => connection.close())
  const channel = await connection.createChannel()
  await channel.assertQueue(queue)
  const deliver = (message: ConsumeMessage | null): void => {
    if (message !== null) void handle(message, channel)
  }
  await run('outer', async () => channel.consume(queue, deliver))
  return channel
}

/** Sends a message that carries the lane of this scope. */
function send(channel: Channel, queue: string, name: string): void {
  const headers = {}
  inject(headers)
  channel.sendToQueue(queue, Buffer.from(name), { headers })
}

it('each message is handled in the lane in which it was sent', async () => {
  const { handle, handled } = await createConsumer()
  const channel = await consume('orders', (message, own) =>
    run(extract(message.properties.headers), async () => {
      await handle(message.content.toString())
      own.ack(message)
    }),
  )
  for (const name of NAMES) run(laneOf(name), () => send(channel, 'orders', name))
  expect(sorted(await handled(NAMES.length))).toEqual(sorted(expected(NAMES)))
})

it('a message that is delivered again keeps its lane', async () => {
  const { handle, handled } = await createConsumer()
  const channel = await consume('redelivered', (message, own) =>
    run(extract(message.properties.headers), async () => {
      if (message.fields.redelivered) {
        await handle(message.content.toString())
        own.ack(message)
      } else own.nack(message)
    }),
  )
  run('lane-a', () => send(channel, 'redelivered', 'lane-a'))
  expect(await handled(1)).toEqual(expected(['lane-a']))
})

it('a value that is no lane is none, and the message is handled', async () => {
  const { handle, handled } = await createConsumer()
  const channel = await consume('strange', (message, own) =>
    run(extract(message.properties.headers), async () => {
      await handle(message.content.toString())
      own.ack(message)
    }),
  )
  for (const [index, value] of [7, true, 'two words', ''].entries()) {
    const headers = { 'project-version': value }
    channel.sendToQueue('strange', Buffer.from(`none-${index}`), { headers })
  }
  channel.sendToQueue('strange', Buffer.from('none-4'))
  const names = Array.from({ length: 5 }, (_, index) => `none-${index}`)
  expect(sorted(await handled(5))).toEqual(expected(names))
})

it('without it the message runs in no lane of its own', async () => {
  const { handle, handled } = await createConsumer()
  const channel = await consume('plain', async (message) => handle(message.content.toString()))
  run('lane-a', () => send(channel, 'plain', 'lane-a'))
  expect((await handled(1)).map(({ lane }) => lane)).not.toEqual(['lane-a'])
})
