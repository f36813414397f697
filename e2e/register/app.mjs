// Knows nothing of lanes: answers what its own calls carried. With `fetch` and `get` imported by name.
import http, { createServer, get } from 'node:http'

const HEADER = process.env.HEADER ?? 'project-version'

const server = createServer((request, response) => {
  const { url, headers } = request
  if (url === '/echo') response.end(headers[HEADER] ?? 'none')
  else if (url.startsWith('/to?')) {
    response.writeHead(302, { location: decodeURIComponent(url.slice(4)) }).end()
  } else {
    request.on('data', () => undefined)
    request.on('end', async () => response.end(JSON.stringify(await callAll())))
  }
})

const base = () => `http://localhost:${server.address().port}`

async function callAll() {
  const viaGet = new Promise((resolve, reject) => {
    get(`${base()}/echo`, (response) => response.on('data', (data) => resolve(String(data)))).on(
      'error',
      reject,
    )
  })
  const viaRequest = new Promise((resolve, reject) => {
    const options = { port: server.address().port, path: '/echo', headers: ['host', 'localhost'] }
    http
      .request(options, (response) => response.on('data', (data) => resolve(String(data))))
      .on('error', reject)
      .end()
  })
  const viaFetch = fetch(`${base()}/echo`).then((response) => response.text())
  // The address of no host in the cluster, and yet this machine's.
  const away = `${base().replace('localhost', '[::ffff:127.0.0.1]')}/echo`
  const redirected = fetch(`${base()}/to?${encodeURIComponent(away)}`)
  const [byGet, byRequest, byFetch, outside] = await Promise.all([
    viaGet,
    viaRequest,
    viaFetch,
    redirected.then((response) => response.text()),
  ])
  return { get: byGet, request: byRequest, fetch: byFetch, outside }
}

server.listen(0, '127.0.0.1', async () => {
  console.log(JSON.stringify({ port: server.address().port, startup: await callAll() }))
})
process.stdin.on('end', () => process.exit()).resume()
