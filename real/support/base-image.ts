import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

/**
 * A root file system with this machine's Node and npm and a shell, to stand for `node:24-slim` where no registry
 * of images can be reached. As small as the steps of the Dockerfile need.
 *
 * @param folder where it is made; must not exist
 * @throws where busybox or npm are not found
 */
export function makeRootFileSystem(folder: string): void {
  for (const each of [
    'bin',
    'usr/bin',
    'usr/lib/node_modules',
    'lib64',
    'tmp',
    'root',
    'proc',
    'dev',
    'sys',
    'etc',
  ])
    mkdirSync(join(folder, each), { recursive: true })
  copyInto(folder, '/bin/busybox')
  const applets = execFileSync('/bin/busybox', ['--list'], { encoding: 'utf8' }).trim().split('\n')
  for (const applet of applets)
    if (applet !== 'busybox') symlinkSync('/bin/busybox', join(folder, 'bin', applet))
  symlinkSync('/bin/busybox', join(folder, 'usr/bin/env'))

  const node = realpathSync(process.execPath)
  cpSync(node, join(folder, 'usr/bin/node'))
  for (const library of [...librariesOf(node), ...resolverLibraries()]) copyInto(folder, library)

  cpSync(npmFolder(node), join(folder, 'usr/lib/node_modules/npm'), { recursive: true })
  for (const [name, file] of [
    ['npm', 'npm-cli.js'],
    ['npx', 'npx-cli.js'],
  ] as const)
    symlinkSync(`../lib/node_modules/npm/bin/${file}`, join(folder, 'usr/bin', name))

  writeFileSync(
    join(folder, 'etc/passwd'),
    'root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/tmp:/bin/sh\n',
  )
  writeFileSync(join(folder, 'etc/group'), 'root:x:0:\nnode:x:1000:\n')
  // How this machine reaches its registry is how the build does.
  for (const file of ['/etc/nsswitch.conf', '/etc/npmrc', '/etc/ssl/certs'])
    if (existsSync(file)) copyInto(folder, file)
  const settings = join(homedir(), '.npmrc')
  if (existsSync(settings)) cpSync(settings, join(folder, 'root/.npmrc'))
}

function copyInto(folder: string, path: string): void {
  mkdirSync(join(folder, dirname(path)), { recursive: true })
  cpSync(path, join(folder, path), { recursive: true, dereference: true })
}

/** The shared libraries that the loader says a program needs, itself among them. */
function librariesOf(program: string): string[] {
  const said = execFileSync('ldd', [program], { encoding: 'utf8' })
  return [...said.matchAll(/(\/\S+) \(0x/g)].flatMap(([, path]) => path ?? [])
}

/** What glibc opens by name to look a host up. */
function resolverLibraries(): string[] {
  const folders = ['/lib/x86_64-linux-gnu', '/lib/aarch64-linux-gnu'].filter((one) =>
    existsSync(one),
  )
  return folders.flatMap((one) =>
    readdirSync(one)
      .filter((name) => /^lib(nss_(files|dns)|resolv)\.so\.2$/.test(name))
      .map((name) => join(one, name)),
  )
}

function npmFolder(node: string): string {
  const places = [
    join(dirname(node), '../lib/node_modules/npm'),
    '/usr/lib/node_modules/npm',
    '/usr/local/lib/node_modules/npm',
  ]
  const found = places.find((place) => existsSync(join(place, 'bin/npm-cli.js')))
  if (found === undefined) throw new Error(`no npm beside ${node}`)
  return found
}
