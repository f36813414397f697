import { deleteHeader, readHeader } from '../carrier.ts'
import { setInList } from '../header-list.ts'

/** As much of a response as is needed; `http.ServerResponse` has it. */
export interface HeadResponse {
  readonly headersSent: boolean
  writeHead: (...args: never[]) => unknown
  setHeader(name: string, value: string): unknown
  removeHeader(name: string): unknown
}

/**
 * Makes the head of a response say of a header what `valueOf` answers when the head is written, or nothing where
 * that is undefined, whatever the app says of it: one that passes on the head of another service repeats what
 * that one said.
 */
export function setInHead(
  response: HeadResponse,
  header: string,
  valueOf: () => string | undefined,
): void {
  // node:http itself calls `writeHead` where the app does not.
  const original = response.writeHead
  function writeHead(this: unknown, ...args: unknown[]): unknown {
    if (Object.hasOwn(response, 'writeHead') && response.writeHead === writeHead) {
      Reflect.deleteProperty(response, 'writeHead')
      if (response.writeHead !== original) response.writeHead = original
    }
    let changed = args
    try {
      if (!response.headersSent) changed = withHeader(response, args, header, valueOf())
    } catch {
      // The response goes out as it is.
    }
    return Reflect.apply(original, this, changed)
  }
  Reflect.set(response, 'writeHead', writeHead)
}

/** The arguments of `writeHead(status, reason?, headers?)` to go on with. */
function withHeader(
  response: HeadResponse,
  args: unknown[],
  header: string,
  value: string | undefined,
): unknown[] {
  const at = typeof args[1] === 'string' || (args[2] ?? undefined) !== undefined ? 2 : 1
  const headers = args[at]
  if (Array.isArray(headers)) {
    // In the list: beside a header that is set, Node takes no pairs, and up to Node 20 of repeated ones the last.
    response.removeHeader(header)
    return args.with(at, setInList(headers, header, value))
  }
  if (value === undefined) response.removeHeader(header)
  else response.setHeader(header, value)
  // What is passed here comes before what is set.
  if (headers === undefined || readHeader(headers, header) === undefined) return args
  const others = { ...Object(headers) }
  deleteHeader(others, header)
  return args.with(at, others)
}
