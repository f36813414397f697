import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { lanes, ROOT } from '../io.ts'
import { tree } from '../tree.ts'

/** What lint says of an nginx configuration: `line:column code`. */
async function said(files: Readonly<Record<string, string>>, ...more: readonly string[]) {
  const { out } = await lanes(['lint', ...more, '--nginx', 'nginx.conf', '--json'], tree(files))
  const report: { findings: { line: number; column: number; code: string }[] } = JSON.parse(out)
  return report.findings
    .filter(({ code }) => code.startsWith('TL05'))
    .map(({ line, column, code }) => `${line}:${column} ${code}`)
}

const k8s = {
  'k8s/shop.yaml': `
apiVersion: v1
kind: Service
metadata: { name: shop, namespace: town }
spec: { selector: { app: shop }, ports: [{ name: http, port: 80 }] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: shop, namespace: town }
spec:
  hosts: [shop.town.svc.cluster.local, shop.example.com]
  gateways: [edge, mesh]
  http: [{ redirect: { uri: /a } }]
`,
}

/** nginx before the Service `shop`, or before a gateway. */
function to(pass: string, host: string, name = 'shop.example.com') {
  return {
    'nginx.conf': `server { server_name ${name}; proxy_http_version 1.1; location / { proxy_pass http://${pass}; proxy_set_header Host ${host}; } }`,
    ...k8s,
  }
}

/** The requests of the findings in an nginx before this repository's mesh. */
async function requests(pass: string, host: string) {
  const conf = `server { server_name testaaa.example.com; location / { proxy_pass http://${pass}; proxy_set_header Host ${host}; } }`
  const file = join(tree({ 'nginx.conf': conf }), 'nginx.conf')
  const { out } = await lanes(['lint', '--nginx', file, '--json'])
  const report: { findings: { request: Record<string, unknown> | null }[] } = JSON.parse(out)
  return report.findings.map(({ request }) => request)
}

describe('lanes lint of nginx.conf', () => {
  it('finds the default HTTP/1.0 and the default Host, at the directive that they follow from', async () => {
    const conf = `
upstream gateway { server 10.0.0.1:80; }
server {
  location / { proxy_pass http://gateway; }
}`
    const { code, out } = await lanes(['lint', '-f', 'nginx.conf'], tree({ 'nginx.conf': conf }))
    expect(code).toBe(1)
    expect(out).toMatchInlineSnapshot(`
      "nginx.conf:4:16: error: without proxy_http_version nginx before 1.29.7, and openresty, speak HTTP/1.0, which Envoy answers with 426 Upgrade Required, or lets past all rules on a port whose protocol it finds out; write \`proxy_http_version 1.1;\` and \`proxy_set_header Connection "";\` [TL050] docs/lint.md#tl050
      nginx.conf:4:27: error: $proxy_host is the name of the upstream block, "gateway", which no rule knows: the gateway answers 404, or by the rule for every other host. Write \`proxy_set_header Host $http_host;\`, and list the public host in the VirtualService [TL051] docs/lint.md#tl051
      "
    `)
  })

  it('comes with the request that shows it, where manifests are given', async () => {
    const router = { from: 'gateway/test-istio/gateway', url: 'http://testaaa.example.com:80/' }
    const sidecar = { url: 'http://testbbb.test-istio:32000/', outcome: 'PassthroughCluster' }
    expect(await requests('10.0.0.1', '$host')).toMatchObject([
      { ...router, http: '1.0', outcome: '426' },
    ])
    expect(await requests('testbbb.test-istio:32000', 'testbbb.test-istio')).toMatchObject([
      { ...sidecar, http: '1.0' },
    ])
    expect(await requests('10.0.0.1', '$unknown')).toMatchObject([null])
  })

  it('finds them where a level of its own takes the outer ones away', async () => {
    const conf = `
proxy_http_version 1.1;
proxy_set_header Host $http_host;
server {
  server_name shop.example.com;
  location /a { proxy_pass http://10.0.0.1; }
  location /b {
    proxy_set_header X-Real-IP $remote_addr;
    proxy_http_version 1.0;
    proxy_pass http://10.0.0.1;
  }
}`
    expect(await said({ 'nginx.conf': conf, ...k8s })).toEqual(['9:24 TL050', '10:16 TL051'])
  })

  it('looks for the public host at gateways, and for a Service’s name in the mesh', async () => {
    expect(await said(to('10.0.0.1', '$host'))).toEqual([])
    expect(await said(to('10.0.0.1', '$http_host', 'other.example.com'))).toHaveLength(1)
    expect(await said(to('shop.town:80', '$host', 'other.example.com'))).toHaveLength(1)
    expect(await said(to('shop.town:80', 'shop.town.svc.cluster.local'))).toEqual([])
    expect(await said(to('shop.town:80', '$proxy_host'))).toEqual([])
    expect(await said(to('shop.town:80', 'backend'))).toHaveLength(1)
  })

  it('shows the lost rule in lanes explain', async () => {
    const files = {
      ...to('shop.town:80', 'backend'),
      'k8s/caller.yaml': `
apiVersion: apps/v1
kind: Deployment
metadata: { name: nginx, namespace: town }
spec: { template: { metadata: { labels: { app: nginx } } } }
`,
    }
    const { out } = await lanes(['lint', '--nginx', 'nginx.conf'], tree(files))
    expect(out).toContain(
      `    lanes explain --from deployment/town/nginx http://shop.town:80/ -H 'host: backend'\n    → PassthroughCluster\n`,
    )
  })

  it('follows includes within the folder, and variables that `set` fills in', async () => {
    const files = {
      'nginx.conf':
        'http { include mime.types; include sites/*.conf; include /etc/nginx/other.conf; }',
      'sites/a.conf': 'server { set $name shop; location / { proxy_pass http://$name.town; } }',
      'sites/b.txt': 'server { location / { proxy_pass http://nobody; } }',
      ...k8s,
    }
    const { out } = await lanes(['lint', '--nginx', 'nginx.conf'], tree(files))
    expect(out).toMatch(/^sites\/a\.conf:1:39: error: .* \[TL050\] .*\n$/m)
  })

  it('finds nothing in the configurations of this repository', async () => {
    const templates = ['gateway', 'mesh'].flatMap((name) => [
      '--nginx',
      `docker/nginx/${name}.conf.template`,
    ])
    expect(await lanes(['lint', ...templates])).toMatchObject({ code: 0, out: '' })
    const text = readFileSync(`${ROOT}/docker/nginx/gateway.conf.template`, 'utf8')
    const broken = text
      .replace('proxy_http_version 1.1;', '')
      .replace('proxy_set_header Host $http_host;', '')
    const { out } = await lanes(['lint', '-f', 'nginx.conf'], tree({ 'nginx.conf': broken }))
    expect(out).toMatch(/TL050.*\n.*TL051/)
  })

  it('passes over Lua, comments and quoted signs', async () => {
    const conf = `
server {
  # proxy_pass http://a;
  content_by_lua_block { if a { b = "}" } ngx.say("}") }
  add_header X "a;b{c}";
  location ~ "^/\\d{2}" { return 200 '{"a": "}"}'; }
}`
    expect(await said({ 'nginx.conf': conf, ...k8s })).toEqual([])
  })

  it.each([
    ['server { location / {', /nginx\.conf:1:21: error: a block has no closing brace/],
    ['}', /nginx\.conf:1:1: error: there is no block that this brace closes/],
    ['server { listen 80 }', /nginx\.conf:1:10: error: the directive listen has no/],
    ['server_name "a;', /nginx\.conf:1:13: error: the quote " has no end/],
  ])('says where %s is no configuration', async (conf, message) => {
    const { code, out } = await lanes(['lint', '-f', 'nginx.conf'], tree({ 'nginx.conf': conf }))
    expect(code).toBe(1)
    expect(out).toMatch(message)
  })

  it('exits with 2 where there is no such file', async () => {
    expect(await lanes(['lint', '-f', 'none.conf'], tree({}))).toMatchObject({ code: 2 })
  })
})
