// A service behind Envoy: `node service.js stock|serve KEEP_ALIVE_MS`. `stock` is Node's server as it comes, with
// another keepAliveTimeout; `serve` is @traffic-lanes/serve. Says its port to the process that forked it.
//   GET or POST /together?n=N   answers when N requests are waiting, so that each has a connection of its own
//   anything else               answers at once
// A message { block: MS } keeps the event loop busy for so long, as a large JSON or a slow regex does.
import { createServer } from 'node:http'
import { serve } from '../../packages/serve/dist/index.js'

const [mode, keepAlive] = process.argv.slice(2)
const keepAliveTimeout = Number(keepAlive)
const waiting = []

function listener(request, response) {
  request.resume()
  const url = new URL(request.url, 'http://localhost')
  if (url.pathname !== '/together') {
    response.end('ok')
    return
  }
  waiting.push(response)
  if (waiting.length === Number(url.searchParams.get('n')))
    for (const each of waiting.splice(0)) each.end('ok')
}

process.on('message', ({ block }) => {
  process.send({ blocking: true }, () => {
    const end = performance.now() + block
    while (performance.now() < end);
  })
})
process.on('disconnect', () => process.exit())

if (mode === 'serve') {
  const { port } = await serve(listener, { port: 0, host: '127.0.0.1', keepAliveTimeout })
  process.send({ port })
} else {
  const server = createServer({ keepAliveTimeout }, listener)
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
}
