// Serves from a thread of its own.
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { Worker, isMainThread } from 'node:worker_threads'

if (isMainThread) new Worker(fileURLToPath(import.meta.url)).on('error', console.error)
else createServer((_, response) => response.end('ok')).listen(0)
