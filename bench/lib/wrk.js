// wrk as the load: written in C, it leaves the machine to the servers that are measured.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)
const UNITS = { us: 1e-3, ms: 1, s: 1000, m: 60_000 }

/**
 * @param {string} path where wrk is
 * @param {{ port: number, connections: number, seconds: number, headers: Record<string, string> }} load
 * @returns {Promise<{ requests: number, seconds: number, p99: number }>} p99 in milliseconds
 */
export async function runWrk(path, { port, connections, seconds, headers }) {
  const given = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`])
  const options = ['-t', '1', '-c', connections, '-d', `${seconds}s`, '--latency'].map(String)
  const { stdout } = await run(path, [...options, ...given, `http://127.0.0.1:${port}/`])
  const [, requests, took, unit] = /(\d+) requests in ([\d.]+)(\w+),/.exec(stdout) ?? []
  const [, p99, p99Unit] = /99%\s+([\d.]+)(\w+)/.exec(stdout) ?? []
  const failed = /^.*(?:Socket errors|Non-2xx).*$/m.exec(stdout)
  if (requests === undefined || p99 === undefined || failed !== null) {
    throw new Error(`wrk: ${failed?.[0] ?? stdout}`)
  }
  return {
    requests: Number(requests),
    seconds: (Number(took) * UNITS[unit]) / 1000,
    p99: Number(p99) * UNITS[p99Unit],
  }
}
