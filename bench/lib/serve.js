// The measured process: serves what a module builds, and tells its CPU time when asked.
import { createServer } from 'node:http'

const [module, mode] = process.argv.slice(2)
const { createListener } = await import(module)
const server = createServer(createListener(mode))

server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
process.on('message', () => process.send(process.cpuUsage()))
