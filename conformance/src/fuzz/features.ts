import { isAnswer } from '../answer.ts'
import type { Answer, NoAnswer } from '../answer.ts'
import type { Manifest, Value } from './manifest.ts'
import type { World } from './world.ts'

/**
 * What a world puts to the test: which kinds of objects it holds, what its rules say, and what its answers
 * were made of. A world none of whose answers comes of a rule (see `isDecided`) tests nothing.
 */
export function featuresOf(world: World, answers: readonly (Answer | NoAnswer)[]): Set<string> {
  const found = new Set<string>()
  for (const manifest of world.manifests) addManifest(manifest, found)
  if (world.meshConfig !== null) found.add('object: MeshConfig')
  for (const [index, answer] of answers.entries()) {
    if (!isAnswer(answer)) continue
    const request = world.requests[index]
    const from = request?.from ?? ''
    found.add(`caller: ${typeof from === 'string' ? (from.split('/')[0] ?? '') : 'described'}`)
    if (request?.http === '1.0') found.add('request: HTTP/1.0')
    if (request?.host !== undefined) found.add('request: another Host')
    addAnswer(answer, found)
  }
  return found
}

/** Whether rules of the world, and not only that a Service is there, made one of the answers. */
export function isDecided(answers: readonly (Answer | NoAnswer)[]): boolean {
  return answers.some(
    (answer) =>
      isAnswer(answer) &&
      (answer.outcome.subset !== null ||
        answer.outcome.kind === 'redirect' ||
        answer.outcome.kind === 'respond' ||
        answer.rewrite !== null ||
        answer.outcome.weights.length > 1 ||
        (answer.route !== null && answer.route.index > 0) ||
        answer.requestHeaders.set.length + answer.requestHeaders.remove.length > 0),
  )
}

function addAnswer(answer: Answer, found: Set<string>): void {
  const { outcome } = answer
  found.add(`answer: ${outcome.kind}`)
  for (const flag of outcome.flags) found.add(`flag: ${flag}`)
  if (outcome.kind === 'respond') found.add(`respond: ${outcome.status ?? ''}`)
  if (outcome.subset !== null) found.add('answer: subset')
  if (outcome.weights.length > 1) found.add('answer: weights')
  if (outcome.kind === 'forward' && outcome.endpoints.length > 1) found.add('answer: endpoints')
  if (answer.rewrite?.path != null) found.add('answer: path rewritten')
  if (answer.rewrite?.host != null) found.add('answer: host rewritten')
  if (answer.requestHeaders.set.length > 0) found.add('answer: request header set')
  if (answer.requestHeaders.add.length > 0) found.add('answer: request header added')
  if (answer.requestHeaders.remove.length > 0) found.add('answer: request header removed')
  if (answer.responseHeaders.set.length + answer.responseHeaders.add.length > 0)
    found.add('answer: response header')
  if ((answer.timeout ?? 0) > 0) found.add('answer: timeout')
  if (answer.mirrors.length > 0) found.add('answer: mirror')
  if (answer.fault !== null) found.add('answer: fault')
  if (answer.route !== null && answer.route.index > 0) found.add('answer: a later route')
  if (answer.virtualHost !== null && ['allow_any', 'block_all'].includes(answer.virtualHost))
    found.add(`virtual host: ${answer.virtualHost}`)
}

function addManifest({ apiVersion, kind, spec }: Manifest, found: Set<string>): void {
  const api = apiVersion.startsWith('gateway.networking.k8s.io') ? ' (Gateway API)' : ''
  found.add(`object: ${kind}${api}`)
  if (spec === undefined) return
  for (const key of ['http', 'tcp', 'tls'])
    if (spec[key] !== undefined) found.add(`${kind}: ${key}`)
  if (kind === 'ServiceEntry') found.add(`ServiceEntry: ${text(spec['resolution'])}`)
  if (kind === 'Service' && spec['clusterIP'] === 'None') found.add('Service: headless')
  if (kind === 'Service' && spec['type'] === 'ExternalName') found.add('Service: ExternalName')
  if (spec['workloadSelector'] !== undefined) found.add(`${kind}: workloadSelector`)
  if (kind !== 'Service' && spec['exportTo'] !== undefined) found.add(`${kind}: exportTo`)
  const hosts = [spec['hosts'], spec['host']].flat()
  if (hosts.some((host) => text(host).includes('*'))) found.add(`${kind}: wildcard host`)
  if (Array.isArray(spec['http']) && spec['http'].some((route: Value) => has(route, 'delegate')))
    found.add('VirtualService: delegate')
}

function has(value: Value, key: string): boolean {
  return typeof value === 'object' && value !== null && key in value && value !== undefined
}

function text(value: Value | undefined): string {
  return typeof value === 'string' ? value : ''
}
