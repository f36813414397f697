import { extract, inject, run } from '@traffic-lanes/propagation'
import { Kafka, logLevel } from 'kafkajs'
import type { EachMessageHandler, Producer } from 'kafkajs'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { startKafka } from './support/brokers.ts'
import { NAMES, createConsumer, expected, laneOf, sorted } from './support/consumer.ts'
import type { Broker } from './support/process.ts'

let broker: Broker
beforeAll(async () => {
  broker = await startKafka()
})
afterAll(async () => broker.stop())

/** Consumes a topic of its own; the consumer is started inside a scope, which no message may inherit. */
async function consume(topic: string, eachMessage: EachMessageHandler): Promise<Producer> {
  const kafka = new Kafka({ brokers: [`127.0.0.1:${broker.port}`], logLevel: logLevel.NOTHING })
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 3 }] })
  await admin.disconnect()
  const consumer = kafka.consumer({ groupId: topic })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await run('outer', async () => consumer.run({ partitionsConsumedConcurrently: 3, eachMessage }))
  const producer = kafka.producer()
  await producer.connect()
  onTestFinished(async () => {
    await producer.disconnect()
    await consumer.disconnect()
  })
  return producer
}

/** Sends a message that carries the lane of this scope. */
async function send(producer: Producer, topic: string, name: string): Promise<void> {
  const headers = {}
  inject(headers)
  await producer.send({ topic, messages: [{ key: name, value: name, headers }] })
}

it('each message is handled in the lane in which it was sent', async () => {
  const { handle, handled } = await createConsumer()
  const producer = await consume('orders', async ({ message }) =>
    run(extract(message.headers), async () => handle(String(message.value))),
  )
  await Promise.all(
    NAMES.map(async (name) => run(laneOf(name), async () => send(producer, 'orders', name))),
  )
  expect(sorted(await handled(NAMES.length))).toEqual(sorted(expected(NAMES)))
})

it('a value that is no lane is none, and the message is handled', async () => {
  const { handle, handled } = await createConsumer()
  const producer = await consume('strange', async ({ message }) =>
    run(extract(message.headers), async () => handle(String(message.value))),
  )
  const values = [Buffer.from([0, 255]), 'two words', ['a', 'b'], '']
  const names = values.map((_, index) => `none-${index}`)
  const messages = values.map((value, index) => ({
    value: `none-${index}`,
    headers: { 'project-version': value },
  }))
  await producer.send({ topic: 'strange', messages })
  expect(sorted(await handled(values.length))).toEqual(expected(names))
})

it('without it the message runs in no lane of its own', async () => {
  const { handle, handled } = await createConsumer()
  const producer = await consume('plain', async ({ message }) => handle(String(message.value)))
  await run('lane-a', async () => send(producer, 'plain', 'lane-a'))
  expect((await handled(1)).map(({ lane }) => lane)).not.toEqual(['lane-a'])
})
