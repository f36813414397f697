// The program behind the workloads of e2e/project.ts: says who it is, and calls others when asked to.
const http = require('node:http')

const name = `${process.env.NAME}@${process.env.PROJECT_VERSION}`
const held = []

const server = http.createServer(async (request, response) => {
  const url = new URL(request.url, 'http://app')
  response.setHeader('x-served-by', name)
  switch (url.pathname) {
    case '/readyz':
      return response.end()
    case '/version':
      return response.end(process.env.PROJECT_VERSION)
    case '/headers':
      return response.end(JSON.stringify(request.rawHeaders))
    case '/env':
      return response.end(JSON.stringify(process.env))
    // Answers once /release was asked: a request that is under way for as long as a test wants.
    case '/hold':
      response.write('held ')
      held.push(response)
      return undefined
    case '/release':
      for (const each of held.splice(0)) each.end(name)
      return response.end()
    case '/call':
      return call(url.searchParams.get('client'), url.searchParams.get('url'))
        .catch((error) => `${error.code ?? error.cause?.code}: ${error.message}`)
        .then((text) => response.end(text))
    default:
      return response.end(name)
  }
})

server.listen(Number(process.env.PORT), () => console.log(`${name} listens`))
process.on('SIGTERM', () => {
  if (process.env.IGNORE_SIGTERM) return
  server.close(() => process.exit(0))
  server.closeIdleConnections()
})

async function call(client, url) {
  const headers = { 'project-version': 'v1' }
  switch (client) {
    case 'axios':
      return (await require('axios').get(url, { headers, responseType: 'text' })).data
    case 'undici':
      return (await require('undici').request(url, { headers })).body.text()
    case 'http':
      return new Promise((resolve, reject) => {
        http
          .get(url, { headers }, (response) => {
            let text = ''
            response.on('data', (chunk) => (text += chunk)).on('end', () => resolve(text))
          })
          .on('error', reject)
      })
    default:
      return (await fetch(url, { headers })).text()
  }
}
