import { describe, expect, it } from 'vitest'
import { formatDiagnostic, loadManifests } from '../src/index.ts'

function load(text: string): { ids: string[]; said: string[] } {
  const { resources, diagnostics } = loadManifests([{ file: 'a.yaml', text }])
  return { ids: resources.map(({ id }) => id), said: diagnostics.map(formatDiagnostic) }
}

const configMap = (name: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: shop }\n`

describe('loadManifests', () => {
  it('reads every document of every file, in order', () => {
    const { resources } = loadManifests([
      { file: 'a.yaml', text: `${configMap('one')}---\n${configMap('two')}` },
      { file: 'b.yaml', text: configMap('three') },
    ])
    expect(resources.map(({ name }) => name)).toEqual(['one', 'two', 'three'])
    expect(resources.map((resource) => resource.position().file)).toEqual([
      'a.yaml',
      'a.yaml',
      'b.yaml',
    ])
  })

  it.each([
    ['an empty file', ''],
    ['only comments', '# nothing\n---\n# here either\n'],
    ['null documents', '---\nnull\n---\n~\n---\n'],
  ])('finds nothing, and nothing wrong, in %s', (_name, text) => {
    expect(load(text)).toEqual({ ids: [], said: [] })
  })

  it('skips empty documents between others', () => {
    expect(load(`---\n---\n${configMap('one')}---\n---\n`)).toEqual({
      ids: ['ConfigMap shop/one'],
      said: [],
    })
  })

  it('reads JSON, tabs and all', () => {
    const text =
      '{\n\t"apiVersion": "v1",\n\t"kind": "ConfigMap",\n\t"metadata": {"name": "one"}\n}'
    expect(load(text)).toEqual({ ids: ['ConfigMap default/one'], said: [] })
  })

  it('reads a byte order mark and Windows line ends', () => {
    expect(load(`\uFEFF${configMap('one').replaceAll('\n', '\r\n')}`).ids).toEqual([
      'ConfigMap shop/one',
    ])
  })

  it('takes lists apart, lists in lists too', () => {
    const inner = `{ apiVersion: v1, kind: ConfigMapList, items: [{ apiVersion: v1, kind: ConfigMap, metadata: { name: b } }] }`
    const text = `apiVersion: v1\nkind: List\nitems:\n- { apiVersion: v1, kind: Pod, metadata: { name: a } }\n- ${inner}\n`
    const { resources } = loadManifests([{ file: 'a.yaml', text }])
    expect(resources.map(({ id }) => id)).toEqual(['Pod default/a', 'ConfigMap default/b'])
    expect(resources.map((resource) => resource.position(['metadata', 'name']))).toEqual([
      { file: 'a.yaml', line: 4, column: 50 },
      { file: 'a.yaml', line: 5, column: 103 },
    ])
  })

  it('puts a resource without a namespace into `default`, and a cluster-scoped one into none', () => {
    const { resources } = loadManifests([
      {
        file: 'a.yaml',
        text: `
apiVersion: v1
kind: Service
metadata: { name: one }
---
apiVersion: v1
kind: Namespace
metadata: { name: two, namespace: ignored }`,
      },
    ])
    expect(resources.map(({ id, namespace }) => [id, namespace])).toEqual([
      ['Service default/one', 'default'],
      ['Namespace two', ''],
    ])
  })

  it('keeps metadata and the whole object', () => {
    const { resources } = loadManifests([
      {
        file: 'a.yaml',
        text: `
apiVersion: v1
kind: Service
metadata:
  name: one
  labels: { app: one }
  annotations: { note: "1" }
  creationTimestamp: 2026-01-31T12:00:00Z
spec: { ports: [{ port: 80 }] }`,
      },
    ])
    expect(resources[0]).toMatchObject({
      apiVersion: 'v1',
      kind: 'Service',
      labels: { app: 'one' },
      annotations: { note: '1' },
      creationTimestamp: '2026-01-31T12:00:00Z',
      body: { spec: { ports: [{ port: 80 }] } },
    })
  })

  it('merges `<<`, and shares what an anchor names', () => {
    const { resources } = loadManifests([
      {
        file: 'a.yaml',
        text: `
apiVersion: v1
kind: ConfigMap
metadata: { name: one, labels: &labels { app: one } }
data: { <<: *labels, more: x }`,
      },
    ])
    expect(resources[0]?.body['data']).toEqual({ app: 'one', more: 'x' })
  })

  it.each(['y', 'yes', 'Yes', 'on', 'ON', 'n', 'no', 'No', 'off', 'OFF'])(
    'reads a bare %s as the boolean that Kubernetes reads',
    (word) => {
      const { resources } = loadManifests([
        { file: 'a.yaml', text: `${configMap('one')}data: { bare: ${word}, quoted: "${word}" }` },
      ])
      expect(resources[0]?.body['data']).toEqual({
        bare: /^(?:y|on)/i.test(word),
        quoted: word,
      })
    },
  )

  it.each(['y', 'on', 'true'])('reads the key %s as the text "true"', (word) => {
    const plain = `{ apiVersion: v1, kind: X, metadata: { name: x }, spec: { ${word}: 1 } }`
    for (const text of [plain, `# an anchor makes it rare\n${plain.replace('v1', '&a v1')}`]) {
      const [resource] = loadManifests([{ file: 'x.yaml', text }]).resources
      expect(resource?.body['spec']).toEqual({ true: 1 })
    }
  })

  it.each(
    [
      [
        '1',
        '-1',
        '+1',
        '017',
        '0o17',
        '0x1F',
        '-0x1F',
        '0b11',
        '1_000',
        '1e3',
        '1.',
        '.5',
        '-.5E-3',
      ],
      ['1e', '.', '-', '.inf', '-.Inf', '.NAN', '1e999', '12:30', '2026-01-31', '1.2.3.4', 'nUll'],
      ['~', 'null', 'NULL', 'TRUE', 'tRue', 'yEs', '<<', '=', "it's", 'a#b', 'a b', 'http://a:80/'],
      [
        "'it''s'",
        '"\\x41\\n"',
        '|\n    a\n\n    b\n',
        '>-\n    a\n    b',
        '[a, b: c]',
        '{ a, b: }',
      ],
      [
        '{ a: b, { c: d } }',
        '{ a: b, [c] }',
        '- a\n  - b',
        '\n    - - a\n      - b',
        '\n  - -\n  - z',
        '|2\n      a',
        'a\n    b',
        '"a\n    b"',
      ],
    ].flat(),
  )('reads %j the same way in a plain document and beside an anchor', (written) => {
    const spec = (apiVersion: string): unknown =>
      loadManifests([
        {
          file: 'a.yaml',
          text: `apiVersion: ${apiVersion}\nkind: X\nmetadata: { name: x }\nspec:\n  one: ${written}\n  two: 2\n`,
        },
      ]).resources.map(({ body }) => body['spec'])
    expect(spec('v1')).toEqual(spec('&anchor v1'))
  })

  it.each(['\n]', '\n  b: c\n]', '{\na: b }'])(
    'looks at the indentation of brackets over lines: [%j',
    (written) => {
      const { said } = load(`${configMap('one')}data:\n  one: [${written}\n`)
      expect(said).toHaveLength(1)
      expect(said[0]).toMatch(/^a\.yaml:\d+:\d+: error: .*Nothing is read from this document/)
    },
  )

  it.each(['yesterday', 'none', 'offset', '1.30', '2026-01-31'])('leaves %s alone', (word) => {
    const { resources } = loadManifests([
      { file: 'a.yaml', text: `${configMap('one')}data: { bare: ${word} }` },
    ])
    expect(String(Object(resources[0]?.body['data'])['bare'])).toBe(String(Number(word) || word))
  })
})

const uses = (count: number) =>
  `${configMap('one')}data: { a: &a x, b: [${Array.from({ length: count }, () => '*a').join(', ')}] }`

describe('a document that cannot be read', () => {
  it('is named with file, line and column, and the others still load', () => {
    const broken = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: [ }\n'
    expect(load(`${configMap('one')}---\n${broken}---\n${configMap('two')}`)).toEqual({
      ids: ['ConfigMap shop/one', 'ConfigMap shop/two'],
      said: [
        'a.yaml:7:21: error: Flow sequence in block collection must be sufficiently indented and end ' +
          'with a ]. Nothing is read from this document [yaml-syntax]',
      ],
    })
  })

  it('may hold a key twice', () => {
    expect(load(`${configMap('one')}data: { a: b }\ndata: { a: c }\n`).said).toEqual([
      'a.yaml:5:1: error: strict decoding error: duplicate field "data", which stands at 4:1 already; remove one of ' +
        'the two. Nothing is read from this document [duplicate-field]',
    ])
    expect(load(`${configMap('one')}data: { a: [x, { b: 1, c: { d: 1, d: 2 } }] }`).said).toEqual([
      'a.yaml:4:35: error: strict decoding error: duplicate field "data.a[1].c.d", which stands at 4:29 already; ' +
        'remove one of the two. Nothing is read from this document [duplicate-field]',
    ])
  })

  it.each([
    ['a word', 'hello', 'the string "hello"'],
    ['a number', '42', 'the number 42'],
    ['a list', '- a\n- b', 'a list'],
  ])('may be %s', (_name, text, what) => {
    expect(load(text).said).toEqual([
      `a.yaml:1:1: error: Expected a Kubernetes object with \`apiVersion\` and \`kind\`, got ${what} [not-an-object]`,
    ])
  })

  it.each([
    ['kind: ConfigMap\nmetadata: { name: x }', '1:1: error: apiVersion is missing [missing-field]'],
    ['apiVersion: v1\nmetadata: { name: x }', '1:1: error: kind is missing [missing-field]'],
    ['apiVersion: v1\nkind: Service', '1:1: error: metadata.name is missing [missing-field]'],
    [
      'apiVersion: v1\nkind: Service\nmetadata: { namespace: x }',
      '3:11: error: metadata.name is missing [missing-field]',
    ],
    [
      'apiVersion: v1\nkind: [Service]',
      '2:7: error: kind must be a string, got a list [wrong-type]',
    ],
    [
      'apiVersion: v1\nkind: Service\nmetadata: x',
      '3:11: error: metadata must be an object, got "x" [wrong-type]',
    ],
    [
      'apiVersion: v1\nkind: Service\nmetadata: { name: 1 }',
      '3:19: error: metadata.name must be a string, got the number 1 (quote it if it is meant as text) [wrong-type]',
    ],
    [
      'apiVersion: v1\nkind: Service\nmetadata: { name: x, labels: { version: on } }',
      '3:41: error: metadata.labels.version must be a string, got the boolean true (quote it if it is meant as text) [wrong-type]',
    ],
  ])('says what %j lacks', (text, said) => {
    expect(load(text)).toEqual({ ids: [], said: [`a.yaml:${said}`] })
  })

  it('passes over files for tools, which have no name', () => {
    expect(load('apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n')).toEqual({
      ids: [],
      said: [],
    })
  })

  it('does not expand a bomb of aliases', () => {
    const levels = Array.from({ length: 9 }, (_, level) => {
      const below = level === 0 ? '"lol"' : `*l${level - 1}`
      return `l${level}: &l${level} [${Array.from({ length: 10 }, () => below).join(', ')}]`
    })
    const { ids, said } = load(`${configMap('one')}${levels.join('\n')}\n---\n${configMap('two')}`)
    expect(ids).toEqual(['ConfigMap shop/two'])
    expect(said).toEqual([
      expect.stringMatching(
        /^a\.yaml:1:1: error: The aliases .* cannot be expanded.*\[yaml-aliases\]$/,
      ),
    ])
  })

  it('allows to use a value 1,000 times, and not once more', () => {
    // The anchor is one of them.
    expect(load(uses(999)).said).toEqual([])
    expect(load(uses(1000)).said).toEqual([expect.stringContaining('[yaml-aliases]')])
  })

  it('does not fail on an alias that nothing defines, or one inside its own anchor', () => {
    expect(load(`${configMap('one')}data: *nothing`)).toEqual({
      ids: [],
      said: [expect.stringContaining('Unresolved alias')],
    })
    expect(load(`${configMap('one')}data: &a [*a]`)).toEqual({
      ids: [],
      said: [expect.stringContaining('[yaml-aliases]')],
    })
  })

  it('does not fail on nesting deeper than the stack', () => {
    const { said } = load(`${configMap('one')}data: ${'['.repeat(100_000)}`)
    expect(said).toEqual([expect.stringContaining('[yaml-syntax]')])
  })

  it('does not fail on keys that JavaScript has its own use for', () => {
    const { resources } = loadManifests([
      {
        file: 'a.yaml',
        text: `
apiVersion: v1
kind: Service
metadata: { name: one, labels: { __proto__: x, constructor: z } }
__proto__: { spec: 1 }`,
      },
    ])
    expect(Object.entries(resources[0]?.labels ?? {})).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'z'],
    ])
    expect(Object.getPrototypeOf(resources[0]?.body)).toBe(Object.prototype)
  })
})
