import { describe, expect, it } from 'vitest'
import { lanes } from '../io.ts'
import { app, SHOP, toSubset, virtualService } from '../manifests.ts'
import { tree } from '../tree.ts'

const TESTAAA = ['explain', '--from', 'deployment/test-istio/testaaa-release']
const TESTBBB = 'http://testbbb.test-istio:32000/'

describe('lanes explain', () => {
  it('says in words where a request goes, what decided, and why earlier routes were passed over', async () => {
    const { code, out, err } = await lanes([...TESTAAA, TESTBBB, '--lane', 'release-v9'])
    expect(err).toBe('')
    expect(code).toBe(0)
    expect(out).toMatchInlineSnapshot(`
      "GET  http://testbbb.test-istio:32000/  project-version: release-v9
      from deployment/test-istio/testaaa-release

        outcome           forward to testbbb-release  (cluster outbound|32000|release|testbbb.test-istio.svc.cluster.local)
        decided by        VirtualService test-istio/testbbb "baseline"  k8s/istio/testbbb-virtual-service.yaml:35:7
        listener          0.0.0.0_32000
        route config      32000
        virtual host      testbbb.test-istio.svc.cluster.local:32000
        route             #2 "baseline"
        destination rule  DestinationRule test-istio/testbbb  k8s/istio/testbbb-destination-rule.yaml:21:7
        retries           2 on connect-failure, refused-stream, unavailable, cancelled, retriable-status-codes

      passed over:
        #0 "release-v1"  header "project-version" is "release-v9", the route wants exactly "release-v1"
            VirtualService test-istio/testbbb  k8s/istio/testbbb-virtual-service.yaml:13:7
        #1 "release-v3"  header "project-version" is "release-v9", the route wants exactly "release-v3"
            VirtualService test-istio/testbbb  k8s/istio/testbbb-virtual-service.yaml:24:7
      "
    `)
  })

  it('takes the port that lanes.yaml opens for a gateway’s', async () => {
    const from = ['explain', '--from', 'gateway/test-istio/gateway']
    const { out } = await lanes([
      ...from,
      'http://127.0.0.1:31380/',
      '-H',
      'Project-Version: release-v2',
    ])
    expect(out).toContain('forward to testaaa-release-v2')
    expect(out).toMatch(/decided by +VirtualService test-istio\/entry "release-v2"/)
  })

  it('says of a lane that the SDK drops where it ends', async () => {
    const note = 'is no lane to the SDK: the first service does not pass it on (TL040)'
    const { out } = await lanes([...TESTAAA, TESTBBB, '--lane', 'my branch'])
    expect(out).toContain(`note: "my branch" ${note}`)
    const json = await lanes([...TESTAAA, TESTBBB, '--json', '--lane', 'my branch'])
    expect(JSON.parse(json.out)).toMatchObject({ warnings: [`"my branch" ${note}`] })
    for (const lane of ['release-v1', ''])
      expect((await lanes([...TESTAAA, TESTBBB, '--lane', lane])).out).not.toContain(note)
  })

  it('says that no lane applies where the mesh knows no such host', async () => {
    const { out } = await lanes([...TESTAAA, 'http://testccc.test-istio:32000/'])
    expect(out).toMatch(/outcome +passthrough: out of the mesh, as dialled; no lane applies\n/)
    expect(out).toMatch(/decided by +no rule: the mesh knows no such host on this port/)
  })

  it('says which of a gateway’s ports there is no server for', async () => {
    const { out } = await lanes([
      'explain',
      '--from',
      'gateway/test-istio/gateway',
      'http://a.b:81/',
    ])
    expect(out).toMatch(/outcome +no Gateway gives gateway\/test-istio\/gateway .* on port 81\n/)
    expect(out).toMatch(/decided by +no listener on this port\n/)
  })

  it('names the proxies that there are when `--from` is none of them', async () => {
    const { code, out, err } = await lanes([
      'explain',
      '--from',
      'deployment/test-istio/nobody',
      TESTBBB,
    ])
    expect(code).toBe(2)
    expect(out).toBe('')
    expect(err).toContain(
      "--from: `deployment/test-istio/nobody` is none of the manifests' proxies; say one of deployment/test-istio/testaaa-release,",
    )
  })

  it('lists every mistake of the manifests with its place', async () => {
    const cwd = tree({
      'k8s/a.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {}\n',
      'k8s/b.yaml': 'kind: [\n',
    })
    const { code, err } = await lanes([...TESTAAA, TESTBBB], cwd)
    expect(code).toBe(2)
    expect(err).toMatch(/^lanes: k8s\/a\.yaml:\d+:\d+: error: .*\nk8s\/b\.yaml:\d+:\d+: error: /)
  })

  it('answers without what a cluster would refuse, and says what that is', async () => {
    const refused = virtualService('pay', ['{ match: [{ uri: { exakt: / } }], route: 7 }'])
    const cwd = tree({ ...SHOP, 'refused.yaml': refused.replace('name: pay', 'name: refused') })
    const asked = ['-f', '.', '--from', 'deployment/shop/cart-main', 'http://pay/']
    const { code, out, err } = await lanes(['explain', ...asked], cwd)
    expect(out).toContain('forward to pay-main')
    expect(err).toMatch(/^refused\.yaml:\d+:\d+: error: /)
    expect(code).toBe(0)
    const map = await lanes(['map', '-f', '.'], cwd)
    expect(map.err).toMatch(/^lanes: refused\.yaml:\d+:\d+: error: /)
    expect(map.code).toBe(2)
  })

  it('shows twenty of the routes that were passed over, and counts the others', async () => {
    const routes = Array.from({ length: 30 }, (_, lane) => toSubset('pay', 'main', `lane-${lane}`))
    const cwd = tree({ 'a.yaml': app('pay', ['main']), 'b.yaml': virtualService('pay', routes) })
    const asked = ['-f', '.', '--from', 'deployment/shop/pay-main', 'http://pay/']
    const { out } = await lanes(['explain', ...asked], cwd)
    expect(out).toContain('the route wants exactly "lane-19"')
    expect(out).not.toContain('the route wants exactly "lane-20"')
    expect(out).toMatch(/^ {2}and 10 more, which --json lists$/m)
  })

  it('reads manifests from standard input', async () => {
    const stdin =
      'apiVersion: v1\nkind: Service\nmetadata: { name: one, namespace: a }\nspec: { ports: [{ port: 80, appProtocol: http }], selector: { app: one } }\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: { name: one, namespace: a }\nspec: { selector: { matchLabels: { app: one } }, template: { metadata: { labels: { app: one } }, spec: { containers: [{ name: one, image: one }] } } }\n'
    const args = ['explain', '-f', '-', '--from', 'deployment/a/one', 'http://one/']
    const { code, out } = await lanes(args, tree({}), { stdin })
    expect(code).toBe(0)
    expect(out).toContain('forward to one')
  })
})

describe('usage', () => {
  it.each([
    [['explain', TESTBBB], 'say who calls by --from'],
    [[...TESTAAA], 'say which URL is asked for, or give questions by --batch FILE'],
    [[...TESTAAA, 'testbbb:32000'], '"testbbb:32000" is no http:// or https:// URL; write it'],
    [[...TESTAAA, TESTBBB, '--http', '3'], '--http 3: say 1.0, 1.1 or 2'],
    [['explain', '--batch', 'nowhere.jsonl'], '--batch nowhere.jsonl: cannot be read'],
    [['explain', '--batch', '-', TESTBBB], 'with --batch each line says its own URL'],
    [['explain', '--batch', '-', '-f', '-'], 'either the manifests or the questions, not both'],
    [
      ['explain', '--mesh-config', 'nowhere', TESTBBB, ...TESTAAA.slice(1)],
      '--mesh-config nowhere',
    ],
    [
      [...TESTAAA, TESTBBB, '-H', 'no colon'],
      "`-H no colon` is no header; write it as 'name: value'",
    ],
    [[...TESTAAA, TESTBBB, '--jsn'], "unknown option '--jsn'"],
    [['explian'], "unknown command 'explian'"],
    [['up', '--attach', 'testaaa'], '`--attach testaaa` is not NAME=HOST:PORT'],
    [['up', '--config', 'nowhere.yaml'], 'nowhere.yaml: cannot be read'],
  ])('%j is exit code 2', async (args, message) => {
    const { code, out, err } = await lanes(args)
    expect(code).toBe(2)
    expect(out).toBe('')
    expect(err).toContain(message)
  })

  it.each([['--help'], ['explain', '--help'], ['--version']])(
    '%s is exit code 0',
    async (...args) => {
      const { code, out, err } = await lanes(args)
      expect(code).toBe(0)
      expect(err).toBe('')
      expect(out).not.toBe('')
    },
  )

  it('without a command is an error that lists the commands', async () => {
    const { code, err } = await lanes([])
    expect(code).toBe(2)
    expect(err).toContain('explain')
  })
})
