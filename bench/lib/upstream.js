// What the measured process calls: answers with the lane that came, always in as many bytes.
import { createServer } from 'node:http'

const server = createServer((request, response) => {
  response.end((request.headers['project-version'] ?? 'none').padEnd(16))
})
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
process.on('disconnect', () => process.exit())
