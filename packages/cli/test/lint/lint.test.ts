import { describe, expect, it } from 'vitest'
import { faults } from '../../../routing/test/lint/faults.ts'
import { explainArguments } from '../../src/lint/explain-command.ts'
import { lanes } from '../io.ts'
import { tree } from '../tree.ts'

const failing = faults.find(({ code }) => code === 'IST0101')?.broken ?? ''
const warned = faults.find(({ code }) => code === 'TL011')?.broken ?? ''

function suppressing(codes: string): string {
  const annotation = `annotations: { galley.istio.io/analyze-suppress: '${codes}' }`
  return failing.replace('metadata: {', `metadata: { ${annotation},`)
}

describe('lanes lint', () => {
  it('finds nothing in the manifests of this repository', async () => {
    const { code, out, err } = await lanes(['lint', '--fail-on', 'info'])
    expect({ code, out }).toEqual({ code: 0, out: '' })
    expect(err).toMatch(/^no findings in \d+ files\n$/)
  })

  it('prints a finding as compilers do, with the command that shows it, and exits with 1', async () => {
    const { code, out, err } = await lanes(['lint', '-f', 'a.yaml'], tree({ 'a.yaml': failing }))
    expect(code).toBe(1)
    expect(out).toMatchInlineSnapshot(`
      "a.yaml:7:120: error: VirtualService shop/rule: no DestinationRule for shop.shop.svc.cluster.local has the subset "v2": requests are answered 503 NC. Add it there, or remove this route [IST0101] docs/lint.md#ist0101
          lanes explain -f a.yaml --from deployment/shop/caller http://shop.shop:80/ --lane v2
          → 503 NC
      "
    `)
    expect(err).toBe('1 error in 1 file\n')
  })

  it('fails at the level that --fail-on names, and above', async () => {
    const cwd = tree({ 'a.yaml': warned })
    expect((await lanes(['lint', '-f', 'a.yaml'], cwd)).code).toBe(0)
    expect((await lanes(['lint', '-f', 'a.yaml', '--fail-on', 'warning'], cwd)).code).toBe(1)
    expect((await lanes(['lint', '-f', 'a.yaml', '--fail-on', 'info'], cwd)).code).toBe(1)
    expect((await lanes(['lint', '-f', 'a.yaml', '--fail-on', 'never'], cwd)).code).toBe(2)
  })

  it('reports what cannot be read as findings too, with its place', async () => {
    const { code, out } = await lanes(['lint', '-f', 'a.yaml'], tree({ 'a.yaml': 'kind: [' }))
    expect(code).toBe(1)
    expect(out).toMatch(/^a\.yaml:1:\d+: error: .* \[TL101\]/)
  })

  it('fails at a field that the API server does not know, of Istio’s kinds and of Kubernetes’ own', async () => {
    const route = failing.replace('http:', 'htpp:')
    const service = 'apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec: { selectr: {} }\n'
    const { code, out } = await lanes(
      ['lint', '-f', 'k8s'],
      tree({ 'k8s/route.yaml': route, 'k8s/service.yaml': service }),
    )
    expect(code).toBe(1)
    expect(out).toContain(
      'error: VirtualService shop/rule: strict decoding error: unknown field "spec.htpp"; did you mean "http"? [TL107]',
    )
    expect(out).toContain(
      'k8s/service.yaml:4:9: error: Service default/a: strict decoding error: unknown field "spec.selectr"; ' +
        'did you mean "selector"? [TL107]',
    )
  })

  it('fails at a field that is written twice', async () => {
    const twice = 'apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec: {}\nspec: {}\n'
    const { code, out } = await lanes(['lint', '-f', 'a.yaml'], tree({ 'a.yaml': twice }))
    expect(code).toBe(1)
    expect(out).toMatch(
      /^a\.yaml:5:1: error: strict decoding error: duplicate field "spec".*\[TL117\]/,
    )
  })

  it('checks the other files where one is no text', async () => {
    const files = { 'k8s/a.yaml': failing, 'k8s/b.yaml': Uint8Array.of(0xff) }
    const { code, out } = await lanes(['lint'], tree(files))
    expect(code).toBe(1)
    expect(out).toMatch(/^k8s\/a\.yaml:.*\[IST0101\]/)
    expect(out).toMatch(/^k8s\/b\.yaml:1:1: error: This is not UTF-8 text.*\[TL118\]/m)
    const map = await lanes(['map'], tree(files))
    expect(map.code).toBe(2)
    expect(map.err).toMatch(/^lanes: k8s\/b\.yaml:1:1: error: This is not UTF-8 text/)
  })

  it('checks an object that is written twice both times, as an API server does', async () => {
    const wrong = failing.replace('http:', 'htpp:')
    const { out } = await lanes(['lint'], tree({ 'k8s/a.yaml': wrong, 'k8s/b.yaml': failing }))
    expect(out).toMatch(/^k8s\/a\.yaml:.*unknown field "spec\.htpp".*\[TL107\]/m)
  })

  it('exits with 2 where there is nothing to read', async () => {
    expect(await lanes(['lint', '-f', 'none.yaml'], tree({}))).toMatchObject({ code: 2, out: '' })
    expect(await lanes(['lint'], tree({ 'k8s/a.txt': '' }))).toMatchObject({ code: 2, out: '' })
  })

  it('is silent about codes that a resource suppresses', async () => {
    for (const codes of ['IST0101', 'TL001,IST0101', '*']) {
      const { out } = await lanes(['lint', '-f', 'a.yaml'], tree({ 'a.yaml': suppressing(codes) }))
      expect(out).toBe('')
    }
    const { out } = await lanes(['lint', '-f', 'a.yaml'], tree({ 'a.yaml': suppressing('TL001') }))
    expect(out).toContain('IST0101')
  })
})

interface Report {
  readonly findings: readonly { readonly code: string; readonly request: Request | null }[]
}

type Request = Parameters<typeof explainArguments>[0]

interface Explained {
  readonly outcome: {
    readonly kind: string
    readonly cluster: string | null
    readonly status: number | null
    readonly flags: readonly string[] | null
  }
}

describe('the request of a finding', () => {
  const visible = faults.filter(({ shown }) => shown)

  it.each(visible)('shows $code in lanes explain: $title', async ({ code, broken }) => {
    const cwd = tree({ 'mesh.yaml': broken })
    const { out } = await lanes(['lint', '-f', 'mesh.yaml', '--json'], cwd)
    const report: Report = JSON.parse(out)
    const requests = report.findings.flatMap((one) =>
      one.code === code && one.request !== null ? [one.request] : [],
    )
    expect(requests).toHaveLength(1)
    for (const request of requests) {
      const explained = await lanes([...explainArguments(request, ['mesh.yaml']), '--json'], cwd)
      expect(explained).toMatchObject({ code: 0 })
      const { outcome }: Explained = JSON.parse(explained.out)
      const said =
        outcome.kind === 'respond'
          ? [outcome.status, ...(outcome.flags ?? [])].join(' ')
          : (outcome.cluster ?? outcome.kind)
      expect(said).toBe(request.outcome)
    }
  })
})
