// The licences of everything that runs with what is published or deployed: docs/licences.md.
//   node scripts/licences.js          fails where the list is not up to date or a licence is not allowed
//   node scripts/licences.js --write  writes the list
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import process from 'node:process'

/** Permissive ones: nothing that has to be given on with a service's own source. */
const allowed = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'PSF-2.0',
  'Python-2.0',
  'Unlicense',
])
const file = new URL('../docs/licences.md', import.meta.url)

const listed = JSON.parse(
  execFileSync('npx', ['-y', 'pnpm@10.34.8', 'licenses', 'list', '--prod', '--json'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  }),
)
const packages = Object.entries(listed)
  .flatMap(([licence, entries]) =>
    entries.flatMap(({ name, versions }) =>
      versions.map((version) => ({ name, version, licence })),
    ),
  )
  .toSorted((a, b) => (a.name + a.version < b.name + b.version ? -1 : 1))

const refused = packages.filter(({ licence }) => !allowed.has(licence))
for (const { name, version, licence } of refused) {
  console.error(
    `${name} ${version}: licence ${licence} is not allowed; choose another package, or allow it in scripts/licences.js.`,
  )
}
if (refused.length > 0) process.exit(1)

const text = `# Licences

What runs with the published packages and in the images, by \`pnpm licences\`; the versions are those of
\`pnpm-lock.yaml\`. This project's own licence is MIT.

| package | version | licence |
| --- | --- | --- |
${packages.map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`).join('\n')}
`

if (process.argv.includes('--write')) {
  writeFileSync(file, text)
} else if (rows(readFileSync(file, 'utf8')) !== rows(text)) {
  console.error(
    'docs/licences.md is not what is installed: run `pnpm licences` and commit what it wrote.',
  )
  process.exit(1)
} else {
  console.log(`${packages.length} packages, each with an allowed licence`)
}

/** The cells alone: formatting may pad them. */
function rows(markdown) {
  return markdown
    .split('\n')
    .filter(
      (line) => line.startsWith('| ') && !line.startsWith('| ---') && !line.startsWith('| package'),
    )
    .map((line) =>
      line
        .split('|')
        .map((cell) => cell.trim())
        .join('|'),
    )
    .join('\n')
}
