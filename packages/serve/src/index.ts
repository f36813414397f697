// Left out on purpose: the connection tracker and the signal handlers, which are serve()'s own means.
export { serve } from './serve.ts'
export type { RequestListener, ServeOptions, Serving, Stopped } from './serve.ts'
export { createReadiness } from './readiness.ts'
export type { Phase, Readiness } from './readiness.ts'
export { ListenError } from './listen.ts'
