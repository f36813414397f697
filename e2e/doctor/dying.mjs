// Dies of its first request.
import { createServer } from 'node:http'

createServer(() => {
  throw new Error('no such table: orders')
}).listen(0)
