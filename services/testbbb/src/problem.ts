import { STATUS_CODES } from 'node:http'
import { HttpError, type Context, type Next } from 'koa'

/**
 * Koa middleware: answers an error, or an error status without a body, with a problem (RFC 9457).
 * `ctx.throw(502, detail)` makes one of any status. What went wrong inside stays inside: a stack is
 * logged, never sent.
 */
export async function problems(ctx: Context, next: Next): Promise<void> {
  try {
    await next()
  } catch (error) {
    if (error instanceof HttpError) {
      sendProblem(ctx, error.status, error.message)
      return
    }
    // Whoever listens to 'error' logs it with its stack.
    ctx.app.emit('error', error, ctx)
    sendProblem(ctx, 500, 'The service failed; its log says why.')
    return
  }
  if (ctx.status >= 400 && ctx.body == null) {
    sendProblem(ctx, ctx.status, `Nothing here answers ${ctx.method} ${ctx.path}.`)
  }
}

function sendProblem(ctx: Context, status: number, detail: string): void {
  ctx.status = status
  ctx.type = 'application/problem+json'
  // `about:blank` means that the problem is no more than its status.
  ctx.body = JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status], status, detail })
}
