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
  return activeRecord() === undefined ? next() : bindBody(context, next)
}

async function bindBody(context: BodyContext, next: () => Promise<unknown>): Promise<unknown> {
  const result = await next()
  try {
    const { body } = context
    if (isStream(body)) body.pipe = bind(body.pipe)
  } catch {
    // Frozen: it is read as Koa reads it.
  }
  return result
}

function isStream(body: unknown): body is { pipe: (...args: unknown[]) => unknown } {
  return (
    typeof body === 'object' && body !== null && 'pipe' in body && typeof body.pipe === 'function'
  )
}
