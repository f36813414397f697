// Versions whose types are those of another name, or none.
declare module 'koa-2' {
  export { default } from 'koa'
}
declare module 'express-4' {
  export { default } from 'express'
}
declare module 'superagent-8' {
  export { default } from 'superagent'
}
declare module 'ws-8-13' {
  export { WebSocket } from 'ws'
}
