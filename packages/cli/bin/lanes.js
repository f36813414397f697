#!/usr/bin/env node
import module from 'node:module'

// From Node 22.8 on; a good part of a short command is the compiling of its code.
module.enableCompileCache?.()
await import('../dist/main.js')
