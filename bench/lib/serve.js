// The measured process: serves what a module builds, and tells its CPU time, or its heap after a collection, when
// asked. The module comes first: what it loads may have to be there before node:http is used.
const [module, mode, upstream] = process.argv.slice(2)
const { createListener } = await import(module)
const listener = await createListener(mode, upstream)
const { default: http } = await import('node:http')
const server = http.createServer(listener)

server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
process.on('message', (question) => {
  if (question === 'cpu') process.send(process.cpuUsage())
  else {
    globalThis.gc()
    globalThis.gc()
    process.send(process.memoryUsage())
  }
})
process.on('disconnect', () => process.exit())
