import type { Fields } from '../manifest.ts'
import type { Names } from '../names.ts'
import { laneHeader, paths } from '../names.ts'
import type { Random } from '../random.ts'
import { laneMatch } from './lane-match.ts'
import { backendRef, backendRefs } from './backend.ts'

export function httpRule(random: Random, names: Names, namespace: string): Fields {
  const filters = random.chance(0.25) ? [filter(random, names, namespace)] : undefined
  const redirects = filters?.[0]?.['type'] === 'RequestRedirect'
  const isPrefixed = random.chance(0.08)
  if (isPrefixed) return prefixRule(random, names, namespace)
  return {
    name: random.chance(0.1) ? 'rule' : undefined,
    matches: random.chance(0.75)
      ? Array.from(
          {
            length: random.weighted([
              [4, 1],
              [1, 2],
            ] as const),
          },
          () => httpMatch(random),
        )
      : undefined,
    filters,
    backendRefs: redirects ? undefined : backendRefs(random, names, namespace),
    timeouts: random.chance(0.12)
      ? random.pick<Fields>([
          { request: '2s' },
          { request: '500ms' },
          { request: '0s' },
          { backendRequest: '1s' },
          { request: '2s', backendRequest: '1s' },
        ])
      : undefined,
    retry: random.chance(0.06)
      ? random.pick<Fields>([{ attempts: 3 }, { codes: [503], attempts: 1 }, { backoff: '100ms' }])
      : undefined,
  }
}

/** What takes the place of a prefix needs a match for it. */
function prefixRule(random: Random, names: Names, namespace: string): Fields {
  const path = {
    type: 'ReplacePrefixMatch',
    replacePrefixMatch: random.pick(['/', '/new', '/new/']),
  }
  const isRedirect = random.chance(0.4)
  return {
    matches: [{ path: { type: 'PathPrefix', value: random.pick(['/', '/api', '/api/v1']) } }],
    filters: [
      isRedirect
        ? { type: 'RequestRedirect', requestRedirect: { path, statusCode: 301 } }
        : { type: 'URLRewrite', urlRewrite: { path } },
    ],
    backendRefs: isRedirect ? undefined : backendRefs(random, names, namespace),
  }
}

function httpMatch(random: Random): Fields {
  const path = random.weighted<Fields | undefined>([
    [4, undefined],
    [3, { type: 'PathPrefix', value: random.pick(['/', '/api', '/api/v1', '/health']) }],
    [2, { type: 'Exact', value: random.pick(paths.filter((value) => !value.includes(' '))) }],
    [1, { type: 'RegularExpression', value: '/api/v[0-9]+' }],
  ])
  const headers = random.chance(0.6) ? [laneMatch(random)] : undefined
  return {
    path,
    headers,
    queryParams: random.chance(0.1) ? [{ name: 'q', value: '1' }] : undefined,
    method: random.chance(0.1) ? random.pick(['GET', 'POST']) : undefined,
  }
}

function filter(random: Random, names: Names, namespace: string): Fields {
  const backend = backendRef(random, names, namespace)
  return random.weighted<Fields>([
    [
      3,
      {
        type: 'RequestHeaderModifier',
        requestHeaderModifier: {
          set: [{ name: laneHeader, value: 'release-v1' }],
          remove: random.chance(0.4) ? ['x-gone'] : undefined,
        },
      },
    ],
    [
      1,
      {
        type: 'ResponseHeaderModifier',
        responseHeaderModifier: { add: [{ name: 'x-answer', value: 'c' }] },
      },
    ],
    [
      2,
      {
        type: 'RequestRedirect',
        requestRedirect: {
          hostname: random.chance(0.5) ? 'new.example.com' : undefined,
          statusCode: random.pick([301, 302]),
          port: random.chance(0.2) ? 8443 : undefined,
          scheme: random.chance(0.3) ? 'https' : undefined,
          path: random.chance(0.4)
            ? { type: 'ReplaceFullPath', replaceFullPath: '/moved' }
            : undefined,
        },
      },
    ],
    [
      2,
      {
        type: 'URLRewrite',
        urlRewrite: {
          hostname: random.chance(0.3) ? 'rewritten.example.com' : undefined,
          path: { type: 'ReplaceFullPath', replaceFullPath: '/new' },
        },
      },
    ],
    [
      1,
      {
        type: 'RequestMirror',
        requestMirror: { backendRef: backend, percent: random.chance(0.3) ? 50 : undefined },
      },
    ],
    [
      1,
      {
        type: 'CORS',
        cors: { allowOrigins: ['https://example.com'], allowMethods: ['GET'], maxAge: 60 },
      },
    ],
  ])
}
