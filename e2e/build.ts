import { execFileSync } from 'node:child_process'

/** Builds what the e2e tests run, so that they never pass on a stale `dist`. */
export default function build(): void {
  execFileSync('node', ['node_modules/typescript/bin/tsc', '-b'], {
    cwd: new URL('..', import.meta.url),
    stdio: 'inherit',
  })
}
