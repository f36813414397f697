// Prints the configuration of every Envoy of compose.yaml into docker/.envoy, from the manifests in k8s/.
// node docker/configure.js   (on a built tree)
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Where every service listens in its container (PORT in compose.yaml). */
const PORT = 8080

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = fileURLToPath(new URL('.envoy', import.meta.url))
const lanes = fileURLToPath(new URL('../packages/cli/bin/lanes.js', import.meta.url))

const testaaa = ['testaaa-release', 'testaaa-release-v1', 'testaaa-release-v2']
const testbbb = ['testbbb-release', 'testbbb-release-v1', 'testbbb-release-v3']
// A container is reached by its name.
const endpoints = [...testaaa, ...testbbb].flatMap((name) => [
  '--endpoint',
  `${name}=${name}:${PORT}`,
])

function print(name, ...args) {
  const options = ['envoy', '-f', 'k8s', ...endpoints, ...args]
  const text = execFileSync(process.execPath, [lanes, ...options], { cwd: root, encoding: 'utf8' })
  writeFileSync(`${folder}/${name}.yaml`, text)
}

mkdirSync(folder, { recursive: true })
// Not port 80: no container here runs as root.
print('gateway', '--from', 'gateway/test-istio/gateway', '--listen', `80=${PORT}`)
for (const name of testaaa) print(name, '--from', `deployment/test-istio/${name}`)
