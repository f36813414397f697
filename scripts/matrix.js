// `pnpm test:matrix [--node 20,22,24,26]`: the suites of the SDK, of its preload, of OpenTelemetry beside it and of `serve` on
// each Node, and against the oldest and the newest version of each client and framework. Prints what was run, in numbers. A cell that the
// `engines` of a client exclude says so; one that should be there and is not is an error.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import semver from 'semver'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../', import.meta.url))

const { values } = parseArgs({ options: { node: { type: 'string', default: '20,22,24,26' } } })
const majors = values.node.split(',').map((major) => major.trim())
const wrong = majors.filter((major) => !/^\d+(\.\d+){0,2}$/.test(major))
if (wrong.length > 0) {
  console.error(`--node is "${values.node}", expected versions of Node such as "20,26"`)
  process.exit(2)
}

/**
 * What has a describe of its own, oldest first: `in` and `out` by an integration (packages/propagation/test/servers
 * and …/clients), `register` with no code (…/test/install and e2e/register-clients).
 */
const CLIENTS = Object.entries({
  in: [
    'node:http',
    'koa-2',
    'koa',
    'connect',
    'express-4',
    'express',
    'fastify-4',
    'fastify',
    'node:http2',
  ],
  out: [
    'axios-0',
    'axios-1-7',
    'axios-1-7, fetch adapter',
    'axios',
    'axios, fetch adapter',
    'fetch',
    'undici-5',
    'undici-6',
    'undici',
    'undici, fetch',
    'undici-8',
    'got-14-0',
    'got-14',
    'got',
    'ky-1',
    'ky',
    'superagent-8',
    'superagent',
    'ws-8-13',
    'ws',
    'grpc-js-1-8',
    '@grpc/grpc-js',
  ],
  register: [
    'undici-5',
    'undici-6',
    'undici',
    'undici-8',
    'WebSocket',
    'node:http2',
    'grpc-js-1-8',
    '@grpc/grpc-js',
  ],
}).flatMap(([way, names]) => names.map((name) => ({ way, name, ...manifestOf(name) })))

/** The version and the `engines` of what is installed under a name; none for what is part of Node. */
function manifestOf(name) {
  const [alias] = name.split(', ')
  if (alias === 'WebSocket') return { version: 'of Node', engines: '>=22' }
  if (alias === 'fetch' || alias.startsWith('node:')) return { version: 'of Node', engines: '*' }
  const path = join(root, 'packages/propagation/node_modules', alias, 'package.json')
  const { name: real, version, engines } = JSON.parse(readFileSync(path, 'utf8'))
  return { version: `${real}@${version}`, engines: engines?.node ?? '*' }
}

/** Runs the suites on one Node, and answers every test of them. */
async function runOn(major) {
  const folder = mkdtempSync(join(tmpdir(), 'lanes-matrix-'))
  const file = join(folder, 'report.json')
  const node = ['-y', '-p', `node@${major}`, 'node']
  const vitest = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project',
    'unit',
    '--project',
    'isolated',
    '--project',
    'e2e',
  ]
  const suites = ['packages/propagation', 'packages/serve', 'e2e/register', 'e2e/lane-propagator']
  const report = ['--reporter=json', `--outputFile=${file}`]
  // What npx and pnpm tell the processes that they start is of no use to another Node.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)),
  )
  try {
    const { stdout } = await run('npx', [...node, '-p', 'process.version'], { cwd: root, env })
    await run('npx', [...node, ...vitest, ...suites, ...report], {
      cwd: root,
      env,
      maxBuffer: 1e9,
    }).catch((error) => {
      // Failed tests are in the report; anything else is not.
      if (error.code !== 1) throw error
    })
    const { testResults } = JSON.parse(readFileSync(file, 'utf8'))
    const tests = testResults.flatMap(({ name, message, assertionResults }) =>
      assertionResults.length > 0
        ? assertionResults.map((test) => ({ ...test, file: name }))
        : [{ status: 'failed', title: message, ancestorTitles: [], file: name }],
    )
    return { node: stdout.trim(), tests }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** What a describe is about: `undici-5` of `install, with undici-5`. */
function nameOf(title) {
  return title.replace(/^install, with | in an app .*| \(.*/g, '')
}

/** The tests of one client or framework. */
function testsOf(tests, { way, name }) {
  const files = way === 'register' ? /test\/install\/|e2e\/register/ : /test\/(clients|servers)\//
  const isNamed = (title) => nameOf(title).replaceAll("'", '') === name
  return tests.filter(
    ({ file, ancestorTitles }) => files.test(file) && ancestorTitles.some(isNamed),
  )
}

function cellOf(client, { node, tests }) {
  const { engines } = client
  const own = testsOf(tests, client)
  const failed = own.filter(({ status }) => status !== 'passed').length
  if (own.length > 0) return failed > 0 ? `${failed} of ${own.length} FAILED` : String(own.length)
  return semver.satisfies(node, engines) ? 'MISSING' : `n/a: engines ${engines}`
}

/** Failed tests whose claim is about a lane that is another request's, or that goes where it may not. */
const CLAIMS = {
  'failed for a wrong lane': /mixes up|waits|apart|inherit|H1\b|H13\b|H22\b/i,
  'failed for a leak': /third part|redirect|evil|guard|H2\b|H14\b|H16\b/i,
}

const results = []
for (const major of majors) {
  const result = await runOn(major)
  results.push(result)
  const failed = result.tests.filter(({ status }) => status !== 'passed')
  console.error(`Node ${result.node}: ${result.tests.length} tests, ${failed.length} failed`)
  for (const { ancestorTitles, title, failureMessages = [] } of failed) {
    console.error(`  ${[...ancestorTitles, title].join(' > ')}\n    ${failureMessages[0] ?? ''}`)
  }
}

const rows = [
  row('', 'version', ({ node }) => `Node ${node}`),
  ...CLIENTS.map((client) =>
    row(`${client.way} ${client.name}`, client.version, (result) => cellOf(client, result)),
  ),
  row('all tests', 'propagation, serve, register', ({ tests }) => String(tests.length)),
  row('failed', '', ({ tests }) => String(countFailed(tests))),
  ...Object.entries(CLAIMS).map(([claim, about]) =>
    row(claim, '', ({ tests }) => String(countFailed(tests, about))),
  ),
]

function row(name, version, cell) {
  return [name, version, ...results.map(cell)]
}

function countFailed(tests, about = /^/) {
  return tests.filter(
    ({ status, title, ancestorTitles }) =>
      status !== 'passed' && about.test([...ancestorTitles, title].join(' ')),
  ).length
}

const widths = rows[0].map((_, column) => Math.max(...rows.map((cells) => cells[column].length)))
for (const cells of rows)
  console.log(
    cells
      .map((text, column) => text.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  )

const isBad = rows.some((cells) => cells.some((text) => /FAILED|MISSING/.test(text)))
process.exitCode = isBad || results.some(({ tests }) => countFailed(tests) > 0) ? 1 : 0
