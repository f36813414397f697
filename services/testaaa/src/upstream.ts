import { registerInterceptor } from '@traffic-lanes/propagation/axios'
import { laneFetch } from '@traffic-lanes/propagation/fetch'
import { create as createAxios } from 'axios'

/** What an HTTP client got, whatever the status. */
interface Received {
  status: number
  servedBy: string | undefined
  body: string
}

/** An HTTP GET by one client or another. */
export type Get = (url: string, signal: AbortSignal) => Promise<Received>

/** What the upstream said, or the sentence that says why it is of no use. */
export type Answer = { servedBy: string | undefined } & ({ body: string } | { problem: string })

/** Calls by axios. The interceptor passes the lane on; nothing else here knows of lanes. */
export function byAxios(): Get {
  const client = createAxios({
    responseType: 'text',
    validateStatus: () => true,
    // As fetch: a call inside the cluster is the sidecar's, whatever HTTP_PROXY says.
    proxy: false,
  })
  registerInterceptor(client)

  return async (url, signal) => {
    const { status, headers, data } = await client.get<string>(url, { signal })
    const servedBy: unknown = headers['x-served-by']
    return { status, servedBy: typeof servedBy === 'string' ? servedBy : undefined, body: data }
  }
}

/** Calls by fetch, with the lane passed on. */
export const byFetch: Get = async (url, signal) => {
  const response = await laneFetch(url, { signal })
  const servedBy = response.headers.get('x-served-by') ?? undefined
  return { status: response.status, servedBy, body: await response.text() }
}

/**
 * Calls the upstream and never throws: a connection that fails, a time-out and every status but 2xx
 * become a `problem`.
 *
 * @param timeout milliseconds until the last byte of the body
 */
export async function call(get: Get, url: string, timeout: number): Promise<Answer> {
  const signal = AbortSignal.timeout(timeout)
  try {
    const { status, servedBy, body } = await get(url, signal)
    if (status >= 200 && status < 300) return { servedBy, body }
    return { servedBy, problem: `GET ${url} answered ${status}.` }
  } catch (error) {
    const why = signal.aborted ? `no whole answer within ${timeout} ms` : reason(error)
    return { servedBy: undefined, problem: `GET ${url} failed: ${why}.` }
  }
}

/** The innermost cause: fetch says only "fetch failed" and keeps the rest inside. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.cause instanceof Error) return reason(error.cause)
  // Where a name has several addresses and none accepts, Node leaves the message empty.
  return error.message || ('code' in error ? String(error.code) : error.name)
}
