// Loses the lane in each way that the preload cannot mend.
const { createServer } = require('node:http')
const axios = require('axios')

const inside = 'http://testbbb.test-istio:32000'

const jobs = []
const work = async ({ path, done }) => done(await axios.get(inside + path)) // queue
setInterval(() => {
  for (const job of jobs.splice(0)) void work(job)
}, 5)
const enqueue = (path) => new Promise((done) => jobs.push({ path, done }))

// Runs all that waits in the scope of whoever came first.
let batch
const load = (key) => {
  batch ??= { keys: [], done: new Promise((done) => setTimeout(() => done(flush()), 5)) }
  batch.keys.push(key)
  return batch.done
}
const flush = () => {
  const { keys } = batch
  batch = undefined
  return Promise.all(keys.map((key) => fetch(`${inside}/batch/${key}`))) // batch
}

createServer(async (request, response) => {
  for await (const _ of request) continue
  await enqueue('/queue')
  await load(1)
  const headers = { 'project-version': 'release-v1' }
  await axios.get('https://api.example.com/charge', { headers }) // outside
  await fetch(`${inside}/fixed`, { headers }) // fixed
  response.end('ok')
}).listen(0)
