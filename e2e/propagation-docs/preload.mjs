// Loaded into each program of docs/propagation.md: testbbb is the server of the test, port 31000 any free one.
import { Server, Socket } from 'node:net'

const connect = Reflect.get(Socket.prototype, 'connect')
Socket.prototype.connect = function (...args) {
  const [first, callback] = args.flat()
  const isTestbbb = first?.host === 'testbbb.test-istio'
  const target = { host: '127.0.0.1', port: Number(process.env.TESTBBB_PORT) }
  return isTestbbb ? connect.call(this, target, callback) : connect.apply(this, args)
}

const listen = Reflect.get(Server.prototype, 'listen')
Server.prototype.listen = function (...args) {
  const port = typeof args[0] === 'object' ? args[0].port : args[0]
  if (port !== 31_000) return listen.apply(this, args)
  this.once('listening', () => process.send(this.address().port))
  return listen.call(
    this,
    0,
    '127.0.0.1',
    args.find((arg) => typeof arg === 'function'),
  )
}
