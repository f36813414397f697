import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Starts a module of this folder in a process of its own, which answers with its port when it is ready. */
export function start(name, args = [], options = {}) {
  return fork(fileURLToPath(new URL(name, import.meta.url)), args, options)
}

/** Starts the measured process: a server that a module builds. */
export function startServer({ server, mode, execArgv = [] }, upstream = '') {
  return start('./serve.js', [server.href, mode, upstream], { execArgv })
}

/** Sends a question to a process and answers its answer. */
export async function ask(child, question) {
  const answered = answer(child)
  child.send(question)
  return answered
}

/** The next message of a process. */
export async function answer(child) {
  const over = new AbortController()
  try {
    return await Promise.race([
      once(child, 'message', over).then(([message]) => message),
      once(child, 'exit', over).then(([code]) => {
        throw new Error(`A process of the benchmark ended with exit code ${code}`)
      }),
    ])
  } finally {
    over.abort()
  }
}
