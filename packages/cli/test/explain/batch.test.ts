import { describe, expect, it } from 'vitest'
import { explainBatch } from '../../src/explain/batch.ts'
import { lanes, ROOT, testIo } from '../io.ts'
import { complaintsOf } from '../schema.ts'
import { tree } from '../tree.ts'

const FROM = 'deployment/test-istio/testaaa-release'
const TESTBBB = 'http://testbbb.test-istio:32000/'

async function batch(lines: readonly (object | string)[], ...args: string[]) {
  const stdin = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)))
  const { code, out, err } = await lanes(['explain', '--batch', '-', ...args], ROOT, {
    stdin: stdin.join('\n'),
  })
  const answers = out
    .split('\n')
    .slice(0, -1)
    .map((line): unknown => JSON.parse(line))
  for (const answer of answers) expect(complaintsOf('explain-v1.json', answer)).toEqual([])
  return { code, answers, err }
}

const noAsk = (): never => {
  throw new Error('not asked')
}

const subset = (name: string) => ({ outcome: { kind: 'forward', subset: name } })

describe('lanes explain --batch', () => {
  it('answers each line in its place', async () => {
    const { code, answers, err } = await batch([
      { from: FROM, url: TESTBBB, headers: { 'project-version': 'release-v1' } },
      { from: FROM, url: TESTBBB, headers: [['Project-Version', 'release-v3']] },
      { from: 'outside', url: TESTBBB },
      { from: 'gateway/test-istio/gateway', url: 'http://1.2.3.4/', host: 'testaaa.example.com' },
      {
        from: { type: 'sidecar', namespace: 'other', labels: { app: 'x' } },
        method: 'POST',
        url: 'http://10.1.2.3:32000/a?b=c',
        host: 'testbbb.test-istio',
        headers: { accept: ['a', 'b'] },
        http: '1.0',
        address: '10.9.9.9',
      },
    ])
    expect(err).toBe('')
    expect(code).toBe(0)
    expect(answers).toMatchObject([
      subset('release-v1'),
      subset('release-v3'),
      { proxy: { kind: 'outside' }, outcome: { kind: 'reset' } },
      { proxy: { kind: 'router' }, virtualHost: 'testaaa.test-istio.svc.cluster.local:80' },
      {
        schemaVersion: 1,
        proxy: { kind: 'sidecar', namespace: 'other', labels: { app: 'x' } },
        request: {
          method: 'POST',
          host: 'testbbb.test-istio',
          path: '/a?b=c',
          headers: [
            ['accept', 'a'],
            ['accept', 'b'],
          ],
          http: '1.0',
        },
      },
    ])
  })

  it.each([
    ['{', 'not JSON: '],
    ['[]', 'a question must be an object'],
    ['{"url":"http://a/"}', '`from` is missing'],
    [`{"from":"${FROM}"}`, '`url` is missing'],
    [`{"from":"${FROM}","url":"a"}`, '"a" is no http:// or https:// URL'],
    ['{"from":"pod/a/b","url":"http://a/"}', "`pod/a/b` is none of the manifests' proxies"],
    ['{"form":"outside"}', 'there is no field "form"; did you mean "from"?'],
    ['{"from":{"type":"pod"},"url":"http://a/"}', '`from.type` must be "sidecar" or "router"'],
    ['{"from":{"type":"router"},"url":"http://a/"}', '`from.namespace` is missing'],
    ['{"from":"outside","url":"http://a/","http":"3"}', '`http` must be "1.0", "1.1" or "2"'],
    ['{"from":"outside","url":"http://a/","headers":{"a b":"c"}}', '"a b" is no name of a header'],
    ['{"from":"outside","url":"http://a/","headers":{"a":1}}', 'the header "a" must be a text'],
    ['{"from":"outside","url":"http://a/","method":1}', '`method` must be a text, not 1'],
  ])('says in its place what is wrong with %s, and goes on', async (line, message) => {
    const { code, answers } = await batch(['', line, { from: 'outside', url: TESTBBB }])
    expect(code).toBe(1)
    expect(answers).toMatchObject([
      { error: { message: expect.stringContaining(message), line: 2 } },
      { proxy: { kind: 'outside' } },
    ])
  })

  it('takes --from for the lines that do not say', async () => {
    const { answers } = await batch(
      [{ url: TESTBBB }, { from: 'outside', url: TESTBBB }],
      '--from',
      FROM,
    )
    expect(answers).toMatchObject([subset('release'), { proxy: { kind: 'outside' } }])
  })

  it('reads a file, whose last line may lack its end', async () => {
    const line = JSON.stringify({ from: FROM, url: TESTBBB })
    const cwd = tree({ 'q.jsonl': `${line}\r\n${line}` })
    const { code, out } = await lanes(['explain', '-f', `${ROOT}/k8s`, '--batch', 'q.jsonl'], cwd)
    expect(code).toBe(0)
    expect(out.split('\n')).toHaveLength(3)
  })

  it('passes over what is not UTF-8, and lines that are too long to be a question', async () => {
    const { answers, code } = await batch([
      `"${'x'.repeat(1_048_576)}"`,
      { from: 'outside', url: TESTBBB },
    ])
    expect(code).toBe(1)
    expect(answers).toMatchObject([
      { error: { message: 'not UTF-8, or longer than a question can be', line: 1 } },
      { proxy: { kind: 'outside' } },
    ])
  })

  it('writes each answer before it reads the next question, and stops when nobody reads', async () => {
    const { io, out } = testIo(ROOT)
    const seen: number[] = []
    const questions = async function* () {
      for (let line = 1; line < 10; line += 1) {
        yield await Promise.resolve(Buffer.from('no question\n'))
        seen.push(out().split('\n').length - 1)
      }
    }
    let left = 3
    const output = { ...io.stdout, drained: () => Promise.resolve((left -= 1) > 0) }
    await explainBatch(
      questions(),
      { ask: noAsk, config: null, from: undefined, name: '-' },
      output,
    )
    expect(seen).toEqual([1, 2])
  })
})
