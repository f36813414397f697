// Loads CommonJS as tsx does: by a loader in the place of Node's own, which compiles what it has read and changed.
import { readFileSync } from 'node:fs'
import Module from 'node:module'

const { _extensions: loaders } = Module
loaders['.js'] = (module, filename) => {
  const { _compile: compile } = module
  compile.call(module, readFileSync(filename, 'utf8'), filename)
}
