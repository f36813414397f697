// Installs what `npm pack` makes of the packages without dependencies into an empty project, by npm, and uses it as a
// user would: every entry imported, required and type-checked, and the preload in front of an app.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const packages = fileURLToPath(new URL('../packages/', import.meta.url))
const project = mkdtempSync(join(tmpdir(), 'lanes-install-'))
const run = (program, args, cwd = project) =>
  execFileSync(program, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })

try {
  for (const folder of ['propagation', 'serve']) use(folder)
} finally {
  rmSync(project, { recursive: true })
}

function use(folder) {
  const source = join(packages, folder)
  const { name, exports, sideEffects } = JSON.parse(readFileSync(join(source, 'package.json')))
  const [{ filename }] = JSON.parse(
    run('npm', ['pack', '--json', '--pack-destination', project], source),
  )
  writeFileSync(join(project, 'package.json'), '{ "private": true }\n')
  run('npm', ['install', '--no-audit', '--no-fund', '--offline', `./${filename}`])
  const installed = readdirSync(join(project, 'node_modules/@traffic-lanes'))
  expect(installed.length === 1 || folder !== 'propagation', 'no other package is installed')

  const effects = new Set([sideEffects ?? []].flat())
  const entries = Object.entries(exports)
    .filter(([path, file]) => path !== './package.json' && !effects.has(file))
    .map(([path]) => join(name, path))
  const code = (line) => entries.map(line).join('\n')
  const load = code((entry) => `console.log(Object.keys(await import('${entry}')).length > 0)`)
  const need = code((entry) => `console.log(Object.keys(require('${entry}')).length > 0)`)
  writeFileSync(join(project, 'app.mjs'), load)
  writeFileSync(join(project, 'app.cjs'), need)
  writeFileSync(
    join(project, 'app.mts'),
    code((entry, index) => `import * as entry${index} from '${entry}'\nvoid entry${index}`),
  )
  for (const app of ['app.mjs', 'app.cjs']) {
    const lines = run(process.execPath, ['--no-warnings', app]).trim().split('\n')
    expect(lines.length === entries.length && lines.every((line) => line === 'true'), `${app} runs`)
  }
  checkTypes()
  if (folder === 'propagation') {
    writeFileSync(join(project, 'hello.cjs'), "console.log('hello')")
    const preload = ['--import', `${name}/register`, 'hello.cjs']
    expect(run(process.execPath, preload) === 'hello\n', 'an app runs behind the preload')
  }
  console.log(`${name}: ${entries.length} entries imported, required and type-checked`)
}

// The declarations of the package too, which a user's own check may read.
function checkTypes() {
  const { resolve } = createRequire(import.meta.url)
  const typeRoots = dirname(dirname(resolve('@types/node/package.json')))
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023']
  const types = ['--types', 'node', '--typeRoots', typeRoots, '--skipLibCheck', 'false']
  run(process.execPath, [
    join(dirname(resolve('typescript/package.json')), 'bin/tsc'),
    ...options,
    ...types,
    'app.mts',
  ])
}

function expect(isSo, what) {
  if (!isSo) throw new Error(`Expected that ${what}`)
}
