import { bind, snapshot } from './bind.ts'
import { activeRecord } from './store.ts'

/** As much of Koa's context as is needed. */
export interface BodyContext {
  readonly body?: unknown
  /** What Koa calls with an error of the middleware; it tells the app's `error` event. */
  readonly onerror?: (...args: never[]) => void
}

/**
 * Calls the next middleware, and makes a stream that it answers with be read in this scope. Koa reads it after
 * all middleware, outside of their scopes, and what a generator, a `read` or a `pull` of the app's does comes
 * only then. An error, which Koa tells its app about there as well, is told in this scope.
 */
export function answerInScope(
  context: BodyContext,
  next: () => Promise<unknown>,
): Promise<unknown> {
  // Most requests have no scope, and are to cost nothing.
  if (activeRecord() === undefined) return next()
  // Not `await`, which makes more promises: up to Node 22 a store makes each of them dearer.
  return Promise.resolve(next()).then(
    (result) => {
      bindBody(context)
      return result
    },
    (error: unknown) => {
      bindError(context)
      throw error
    },
  )
}

function bindError(context: BodyContext): void {
  try {
    if (context.onerror !== undefined) Reflect.set(context, 'onerror', bind(context.onerror))
  } catch {
    // Frozen: the error is told as Koa tells it.
  }
}

function bindBody(context: BodyContext): void {
  try {
    const { body } = context
    if (typeof body !== 'object' || body === null) return
    if (isStream(body)) body.pipe = bind(body.pipe)
    else if (body instanceof ReadableStream) bindIterator(body)
    else if (body instanceof Response && body.body !== null) bindIterator(body.body)
  } catch {
    // Frozen: it is read as Koa reads it.
  }
}

function isStream(body: object): body is { pipe: (...args: unknown[]) => unknown } {
  return 'pipe' in body && typeof body.pipe === 'function'
}

// Koa 3 makes one of Node's streams out of it, by `Readable.from`, which iterates it.
function bindIterator(stream: ReadableStream): void {
  const inScope = snapshot()
  const iterate = stream[Symbol.asyncIterator].bind(stream)
  stream[Symbol.asyncIterator] = () => {
    const iterator = iterate()
    const next = iterator.next.bind(iterator)
    iterator.next = (...args) => inScope(next, ...args)
    return iterator
  }
}
