// Needs an argument and a variable.
import { createServer } from 'node:http'

if (process.argv[2] !== '--upstream' || process.env.TOKEN === undefined) {
  console.error('usage: TOKEN=… args.mjs --upstream URL')
  process.exit(64)
}
createServer(async (request, response) => {
  if (request.url === '/call') await fetch(process.argv[3])
  response.end('ok')
}).listen(0)
