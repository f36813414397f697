// The forwarders that are measured: this project's data plane, other proxies for Node, nginx and Envoy.
import { findProgram, startEnvoy, startNginx } from './peers.js'
import { startModule } from './program.js'

const PROXIES = ['http-proxy-3', 'fast-proxy', 'node-http', 'undici-stream']

/**
 * All of them, `lanes` first; a program that is not installed is said and left out.
 *
 * @param {Map<string, number>} ports from a version to its backend's port
 * @param {readonly string[]} floors modules that are no proxies but show what a proxy cannot fall below
 */
export function findForwarders(ports, floors = []) {
  const module = (name) => ({
    name,
    isProxy: PROXIES.includes(name),
    start: () =>
      startModule(
        new URL(`../servers/forward/${name}.js`, import.meta.url),
        [...ports].map(([version, port]) => `${version}=${port}`),
      ),
  })
  const forwarders = ['lanes', ...PROXIES, ...floors].map(module)
  for (const { name, start } of [
    { name: 'nginx', start: startNginx },
    { name: 'envoy', start: startEnvoy },
  ]) {
    const path = findProgram(name)
    if (path === undefined) console.error(`NOT RUN: ${name}; \`pnpm test:real\` installs it`)
    else forwarders.push({ name, isProxy: false, start: () => start(path, ports) })
  }
  return forwarders
}
