import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { start } from './program.js'

/** Where `pnpm test:real` puts or finds the programs that are compared with. */
export function findProgram(name) {
  const own = new URL(`../../.cache/${name}`, import.meta.url).pathname
  const places = [own, `/usr/sbin/${name}`, `/usr/local/bin/${name}`, `/usr/bin/${name}`]
  return places.find((path) => existsSync(path))
}

/** nginx with one worker, routing by the lane's header. @param ports from version to port */
export async function startNginx(path, ports) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-nginx-'))
  const port = await freePort()
  const upstreams = [...ports].map(
    ([version, at]) =>
      `upstream ${version} { server 127.0.0.1:${at}; keepalive 64; keepalive_requests 1000000; }`,
  )
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; worker_processes 1; pid ${folder}/pid; error_log stderr crit;
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 1000000; client_body_temp_path ${folder}; proxy_temp_path ${folder};
  fastcgi_temp_path ${folder}; uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
  proxy_request_buffering off; proxy_buffering off; client_max_body_size 0;
  map $http_project_version $version { default release; ${[...ports.keys()].map((version) => `${version} ${version};`).join(' ')} }
  ${upstreams.join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://$version; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $http_host; }
  }
}
`,
  )
  const program = start(path, ['-p', folder, '-c', join(folder, 'nginx.conf')])
  await listening(port)
  return { ...program, port }
}

/** Envoy with one worker and the same routes as static configuration. @param ports from version to port */
export async function startEnvoy(path, ports, extraRoutes = []) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-envoy-'))
  const port = await freePort()
  const cluster = ([name, at]) => ({
    name,
    type: 'STATIC',
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: socket(at) } }] }],
    },
  })
  const manager = {
    '@type':
      'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    stat_prefix: 'bench',
    route_config: {
      virtual_hosts: [
        {
          name: 'testbbb',
          domains: ['*'],
          routes: [
            ...extraRoutes,
            ...[...ports.keys()].filter((version) => version !== 'release').map(laneRoute),
            { match: { prefix: '/' }, route: { cluster: 'release' } },
          ],
        },
      ],
    },
    http_filters: [
      {
        name: 'envoy.filters.http.router',
        typed_config: {
          '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router',
          // Among them is a time, which makes one answer longer than another.
          suppress_envoy_headers: true,
        },
      },
    ],
  }
  const bootstrap = {
    static_resources: {
      listeners: [
        {
          name: 'bench',
          address: socket(port),
          filter_chains: [
            {
              filters: [
                { name: 'envoy.filters.network.http_connection_manager', typed_config: manager },
              ],
            },
          ],
        },
      ],
      clusters: [...ports].map(cluster),
    },
  }
  const file = join(folder, 'envoy.json')
  writeFileSync(file, JSON.stringify(bootstrap))
  const options = ['--concurrency', '1', '--disable-hot-restart', '--log-level', 'error']
  const program = start(path, ['-c', file, ...options])
  await listening(port)
  return { ...program, port }
}

function laneRoute(version) {
  return {
    match: {
      prefix: '/',
      headers: [{ name: 'project-version', string_match: { exact: version } }],
    },
    route: { cluster: version },
  }
}

function socket(port) {
  return { socket_address: { address: '127.0.0.1', port_value: port } }
}

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

/** Resolves once a program of another language accepts connections; it has no other way to say so. */
export async function listening(port) {
  for (let tries = 0; tries < 200; tries += 1) {
    const probe = connect(port, '127.0.0.1')
    const accepted = await once(probe, 'connect').then(
      () => true,
      () => false,
    )
    probe.destroy()
    if (accepted) return
    await wait(50)
  }
  throw new Error(`Nothing listens on port ${port}`)
}
