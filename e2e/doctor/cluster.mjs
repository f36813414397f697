// Serves from processes of its own.
import cluster from 'node:cluster'
import { createServer } from 'node:http'

if (cluster.isPrimary) {
  cluster.on('message', (_, message) => console.log(`a worker said ${JSON.stringify(message)}`))
  cluster.fork()
} else createServer((_, response) => response.end('ok')).listen(0)
