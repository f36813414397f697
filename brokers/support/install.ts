import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { installDebianPackage } from '../../real/support/debian.ts'

const run = promisify(execFile)

/** Where Kafka's jars are, once they are installed. */
export const KAFKA_JARS = fileURLToPath(new URL('../../.cache/brokers/kafka', import.meta.url))

/** The test files whose broker is there, and a sentence for each broker that is not. */
export interface Installed {
  readonly tests: string[]
  readonly missing: readonly string[]
}

/**
 * Finds the brokers, or installs them: Redis and RabbitMQ as Debian packages, where this is root; Kafka from
 * Maven Central, where there are Java and Maven, into a folder that git ignores. A broker that cannot be had is
 * named, and its tests are not run.
 */
export async function installBrokers(): Promise<Installed> {
  const tests: string[] = []
  const missing: string[] = []
  for (const [test, name, put] of BROKERS) {
    try {
      await put()
      tests.push(test)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      missing.push(`NOT RUN: ${name} could not be installed (${reason.trim().split('\n').at(-1)})`)
    }
  }
  return { tests, missing }
}

const BROKERS: ReadonlyArray<readonly [string, string, () => Promise<void>]> = [
  ['bullmq.test.ts', 'Redis', async () => installPackage('redis-server', '/usr/bin/redis-server')],
  [
    'amqplib.test.ts',
    'RabbitMQ',
    async () => installPackage('rabbitmq-server', '/usr/lib/rabbitmq/bin/rabbitmq-server'),
  ],
  ['kafkajs.test.ts', 'Kafka', installKafka],
]

async function installPackage(name: string, program: string): Promise<void> {
  if (!existsSync(program)) await installDebianPackage(name)
}

async function installKafka(): Promise<void> {
  if (isKafkaThere()) return
  await run('java', ['-version'])
  mkdirSync(KAFKA_JARS, { recursive: true })
  const pom = fileURLToPath(new URL('../kafka/pom.xml', import.meta.url))
  const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${KAFKA_JARS}`]
  await run('mvn', ['--quiet', '--batch-mode', '--file', pom, ...goal])
  if (!isKafkaThere()) throw new Error('Maven brought no broker')
}

function isKafkaThere(): boolean {
  return existsSync(KAFKA_JARS) && readdirSync(KAFKA_JARS).some((jar) => jar.startsWith('kafka_'))
}
