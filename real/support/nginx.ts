import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Program } from './program.ts'
import type { Resources } from './resources.ts'

/** An nginx that runs; it listens on a socket of the file system, so that no port is taken. */
export interface Nginx {
  readonly socketPath: string
}

/**
 * Starts nginx with what stands in `http { … }` and waits until it serves.
 *
 * @param http `LISTEN` in it is replaced by the socket.
 */
export async function startNginx(resources: Resources, path: string, http: string): Promise<Nginx> {
  const folder = resources.folder()
  const socketPath = join(folder, 'nginx.sock')
  const file = join(folder, 'nginx.conf')
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${folder}/${kind};`,
  )
  writeFileSync(
    file,
    `daemon off;
     master_process off;
     pid ${folder}/nginx.pid;
     error_log stderr notice;
     events {}
     http {
       access_log off;
       ${temporary.join('\n')}
       ${http.replaceAll('LISTEN', `unix:${socketPath}`)}
     }`,
  )
  const program = new Program(path, ['-c', file, '-e', 'stderr', '-p', folder])
  resources.add(program, (one) => one.stop())
  await program.says(/using the "\w+" event method/)
  // nginx listens before it says this line.
  await program.says(/OS: /)
  return { socketPath }
}
