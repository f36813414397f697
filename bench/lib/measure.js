import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/**
 * Measures variants of a server: CPU time of its process per request, in microseconds. Each variant gets a fresh
 * process in each round, the load comes from another process, and the order is reversed from round to round.
 *
 * @param {readonly { name: string, server: URL, mode: string, headers: object, lane: string }[]} variants
 * @param {{ rounds: number, requests: number, log: (line: string) => void }} options
 * @returns {Promise<Map<string, number[]>>} by name, one value a round
 */
export async function measure(variants, { rounds, requests, log }) {
  const results = new Map(variants.map(({ name }) => [name, []]))
  for (let round = 1; round <= rounds; round += 1) {
    for (const variant of round % 2 === 1 ? variants : variants.toReversed()) {
      const perRequest = await measureOnce(variant, requests)
      results.get(variant.name).push(perRequest)
      log(`round ${round} of ${rounds}: ${variant.name}: ${perRequest.toFixed(1)} us`)
    }
  }
  return results
}

async function measureOnce({ name, server, mode, headers, lane }, requests) {
  const serving = fork(fileURLToPath(new URL('./serve.js', import.meta.url)), [server.href, mode])
  const loading = fork(fileURLToPath(new URL('./load.js', import.meta.url)))
  try {
    const { port } = await answer(serving)
    // Until the compiler has settled.
    const found = await ask(loading, { port, path: '/lane', headers, requests })
    if (found.body !== lane) {
      throw new Error(`Expected "${name}" to find the lane "${lane}", got "${found.body}"`)
    }
    const before = await ask(serving, 'cpu')
    const sent = await ask(loading, { port, path: '/', headers, requests })
    const after = await ask(serving, 'cpu')
    return (after.user + after.system - before.user - before.system) / sent.requests
  } finally {
    serving.kill()
    loading.kill()
  }
}

async function ask(child, question) {
  const answered = answer(child)
  child.send(question)
  return answered
}

async function answer(child) {
  const over = new AbortController()
  try {
    return await Promise.race([
      once(child, 'message', over).then(([message]) => message),
      once(child, 'exit', over).then(([code]) => {
        throw new Error(`A process of the benchmark ended with exit code ${code}`)
      }),
    ])
  } finally {
    over.abort()
  }
}
