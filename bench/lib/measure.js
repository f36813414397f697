import { answer, ask, start, startServer } from './process.js'

/**
 * Measures variants of a server: CPU time of its process per request, in microseconds. Each variant gets a fresh
 * process in each round, the load comes from another process, and what it calls is in a third; the order is reversed
 * from round to round.
 *
 * @typedef {{ name: string, server: URL, mode: string, execArgv?: string[], path: string, bytes?: number,
 *   headers: object, requests: number, probe: string, lane: string }} Variant `lane` is what `probe` must answer
 * @param {readonly Variant[]} variants
 * @param {{ rounds: number, log: (line: string) => void }} options
 * @returns {Promise<Map<string, number[]>>} by name, one value a round
 */
export async function measure(variants, { rounds, log }) {
  const results = new Map(variants.map(({ name }) => [name, []]))
  const upstream = start('./upstream.js')
  try {
    const { port } = await answer(upstream)
    for (let round = 1; round <= rounds; round += 1) {
      for (const variant of round % 2 === 1 ? variants : variants.toReversed()) {
        const perRequest = await measureOnce(variant, `http://127.0.0.1:${port}/`)
        results.get(variant.name).push(perRequest)
        log(`round ${round} of ${rounds}: ${variant.name}: ${perRequest.toFixed(1)} us`)
      }
    }
    return results
  } finally {
    upstream.kill()
  }
}

async function measureOnce(variant, upstream) {
  const { name, path, bytes, headers, requests, probe, lane } = variant
  const serving = startServer(variant, upstream)
  const loading = start('./load.js')
  try {
    const { port } = await answer(serving)
    const found = await ask(loading, { port, path: probe, headers, requests: 1 })
    if (found.body.trim() !== lane) {
      throw new Error(`Expected "${name}" to find the lane "${lane}", got "${found.body}"`)
    }
    // Until the compiler has settled.
    await ask(loading, { port, path, bytes, headers, requests })
    const before = await ask(serving, 'cpu')
    const sent = await ask(loading, { port, path, bytes, headers, requests })
    const after = await ask(serving, 'cpu')
    return (after.user + after.system - before.user - before.system) / sent.requests
  } finally {
    serving.kill()
    loading.kill()
  }
}
