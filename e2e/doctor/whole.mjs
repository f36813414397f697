// Knows nothing of lanes, and does nothing that could lose one.
import { createServer, get } from 'node:http'
import axios from 'axios'

const inside = 'http://testbbb.test-istio:32000'

createServer(async (request, response) => {
  for await (const _ of request) continue
  await Promise.all([
    axios.get(`${inside}/axios`),
    fetch(`${inside}/fetch`),
    new Promise((resolve) => {
      get(`${inside}/http`, (answer) => answer.resume().on('end', resolve))
    }),
    axios.post('https://api.example.com/charge', { amount: 1 }),
    fetch('https://api.example.com/'),
  ])
  response.end('ok')
}).listen(0)
