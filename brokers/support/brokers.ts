import { randomUUID } from 'node:crypto'
import { execFile } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { KAFKA_JARS } from './install.ts'
import { freePorts, makeFolder, start, stop } from './process.ts'
import type { Broker } from './process.ts'

const LOCAL = '127.0.0.1'

export async function startRedis(): Promise<Broker> {
  const folder = makeFolder('redis')
  const [port = 0] = await freePorts(1)
  const options = { port, bind: LOCAL, dir: folder, save: '', appendonly: 'no' }
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])
  const child = await start('redis-server', args, /Ready to accept connections/)
  return { port, stop: async () => stop(child, folder) }
}

export async function startRabbit(): Promise<Broker> {
  const folder = makeFolder('rabbitmq')
  const [port = 0, distribution = 0, epmdPort = 0] = await freePorts(3)
  // Erlang's own name service, which a node would start for good.
  const epmd = await start('epmd', ['-d', '-port', String(epmdPort)], /epmd running/)
  const plugins = join(folder, 'plugins')
  writeFileSync(plugins, '[].\n')
  const child = await start(rabbitScript(), [], /completed with \d+ plugins/, {
    HOME: folder,
    ERL_EPMD_PORT: String(epmdPort),
    RABBITMQ_NODENAME: 'lanes@localhost',
    RABBITMQ_NODE_IP_ADDRESS: LOCAL,
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(distribution),
    RABBITMQ_MNESIA_BASE: join(folder, 'data'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_PID_FILE: join(folder, 'pid'),
    RABBITMQ_ENABLED_PLUGINS_FILE: plugins,
    RABBITMQ_CONF_ENV_FILE: join(folder, 'none'),
  })
  return {
    port,
    stop: async () => {
      await stop(child, folder)
      await stop(epmd, folder)
    },
  }
}

// Not the one on the PATH, which changes to the user of the service.
function rabbitScript(): string {
  const root = '/usr/lib/rabbitmq/lib'
  const paths = readdirSync(root).map((name) => join(root, name, 'sbin', 'rabbitmq-server'))
  const found = paths.find((path) => existsSync(path))
  if (found === undefined) throw new Error(`There is no rabbitmq-server below ${root}`)
  return found
}

/** One node that is broker and controller at once (KRaft). */
export async function startKafka(): Promise<Broker> {
  const folder = makeFolder('kafka')
  const [port = 0, controller = 0] = await freePorts(2)
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@${LOCAL}:${controller}`,
    listeners: `PLAINTEXT://${LOCAL}:${port},CONTROLLER://${LOCAL}:${controller}`,
    'advertised.listeners': `PLAINTEXT://${LOCAL}:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    'log.dirs': join(folder, 'data'),
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'auto.create.topics.enable': false,
  }
  const file = join(folder, 'server.properties')
  const lines = Object.entries(properties).map(([name, value]) => `${name}=${value}\n`)
  writeFileSync(file, lines.join(''))
  const log = join(folder, 'log4j.properties')
  writeFileSync(
    log,
    'log4j.rootLogger=INFO, out\nlog4j.appender.out=org.apache.log4j.ConsoleAppender\nlog4j.appender.out.layout=org.apache.log4j.SimpleLayout\n',
  )
  const java = ['-Xmx512m', '-cp', join(KAFKA_JARS, '*'), `-Dlog4j.configuration=file:${log}`]
  const format = ['kafka.tools.StorageTool', 'format', '-t', clusterId(), '-c', file]
  await promisify(execFile)('java', [...java, ...format])
  const child = await start('java', [...java, 'kafka.Kafka', file], /Kafka Server started/)
  return { port, stop: async () => stop(child, folder) }
}

// What Kafka takes for one: 16 bytes in base64url.
function clusterId(): string {
  return Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url')
}
