// What `npm pack` would put into each published package, checked: what is named in package.json is in it,
// and nothing is in it that a user has no use for.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import process from 'node:process'

const wanted = [
  /^(LICENSE|NOTICE|README\.md|package\.json)$/,
  /^dist\/.+\.(js|d\.ts|json)$/,
  /^bin\/.+\.js$/,
  /^schema\/.+\.json$/,
]
const unwanted = [/(^|\/)(test|fixtures|\.tsbuildinfo)(\/|$)/, /\.test\./, /\.map$/]
let problems = 0

const folders = new URL('../packages/', import.meta.url)
for (const folder of readdirSync(folders)) {
  const cwd = new URL(`${folder}/`, folders)
  const manifest = JSON.parse(readFileSync(new URL('package.json', cwd), 'utf8'))
  if (manifest.private) continue
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json'], {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  )
  const files = packed.files.map(({ path }) => path)
  const missing = ['LICENSE', 'README.md', ...targets(manifest.exports), ...targets(manifest.bin)]
    .map((path) => path.replace(/^\.\//, ''))
    .filter((path) => !files.includes(path))
  const surplus = files.filter(
    (path) => unwanted.some((each) => each.test(path)) || !wanted.some((each) => each.test(path)),
  )
  for (const path of missing) console.error(`${manifest.name}: ${path} is not in the package.`)
  for (const path of surplus)
    console.error(`${manifest.name}: ${path} should not be in the package.`)
  problems += missing.length + surplus.length
  console.log(
    `${manifest.name}: ${files.length} files, ${(packed.size / 1000).toFixed(1)} kB packed`,
  )
}
process.exitCode = problems === 0 ? 0 : 1

/** Every file that `exports` or `bin` names, whatever its shape; patterns are left out. */
function targets(entry) {
  if (typeof entry === 'string') return entry.includes('*') ? [] : [entry]
  return Object.values(entry ?? {}).flatMap(targets)
}
