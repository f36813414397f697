import { bind } from './bind.ts'
import { activeRecord } from './store.ts'

/** As much of Koa's context as is needed. */
export interface BodyContext {
  readonly body?: unknown
}

/**
 * Calls the next middleware, and makes a stream that it answers with be read in this scope. Koa pipes it after
 * all middleware, outside of their scopes, and what a generator or a `read` of the app's does comes only then.
 * A web stream is not reached: Koa makes one of Node's out of it.
 */
export function answerInScope(
  context: BodyContext,
  next: () => Promise<unknown>,
): Promise<unknown> {
  // Most requests have no scope, and are to cost nothing.
  if (activeRecord() === undefined) return next()
  // Not `await`, which makes more promises: up to Node 22 a store makes each of them dearer.
  return Promise.resolve(next()).then((result) => {
    bindBody(context)
    return result
  })
}

function bindBody(context: BodyContext): void {
  try {
    const { body } = context
    if (isStream(body)) body.pipe = bind(body.pipe)
  } catch {
    // Frozen: it is read as Koa reads it.
  }
}

function isStream(body: unknown): body is { pipe: (...args: unknown[]) => unknown } {
  return (
    typeof body === 'object' && body !== null && 'pipe' in body && typeof body.pipe === 'function'
  )
}
