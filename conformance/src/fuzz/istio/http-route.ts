import type { Fields } from '../manifest.ts'
import type { KnownService, Names } from '../names.ts'
import { destination, laneHeader } from '../names.ts'
import type { Random } from '../random.ts'
import { httpMatch } from './http-match.ts'

export function httpRoute(random: Random, names: Names, subject: KnownService | undefined): Fields {
  const match = random.chance(0.7)
    ? Array.from(
        {
          length: random.weighted([
            [4, 1],
            [1, 2],
          ] as const),
        },
        () => httpMatch(random, names),
      )
    : undefined
  return {
    name: random.chance(0.15) ? random.pick(['lane', 'base', 'old']) : undefined,
    match,
    headers: random.chance(0.3) ? headerOperations(random) : undefined,
    ...action(random, names, subject),
  }
}

/** Where the request goes: mostly to a service. What else a route says goes with that only. */
function action(random: Random, names: Names, subject: KnownService | undefined): Fields {
  return random.weighted<() => Fields>([
    [
      14,
      () => ({ route: destinations(random, names, subject), ...extras(random, names, subject) }),
    ],
    [1, () => ({ redirect: redirect(random) })],
    [
      1,
      () => ({
        directResponse: {
          status: random.pick([200, 403, 503]),
          body: random.chance(0.5) ? { string: 'stop' } : undefined,
        },
      }),
    ],
  ])()
}

function redirect(random: Random): Fields {
  return {
    ...random.weighted<Fields>([
      [2, { uri: random.pick(['/moved', '/', '%PREFIX()%/moved']) }],
      [1, { authority: 'new.example.com' }],
      [1, { uri: '/moved', authority: 'new.example.com:8443' }],
    ]),
    scheme: random.chance(0.3) ? random.pick(['https', 'http']) : undefined,
    redirectCode: random.chance(0.4) ? random.pick([301, 302, 303, 307, 308]) : undefined,
    ...random.weighted<Fields>([
      [6, {}],
      [1, { port: 8443 }],
      [1, { derivePort: 'FROM_PROTOCOL_DEFAULT' }],
      [1, { derivePort: 'FROM_REQUEST_PORT' }],
    ]),
  }
}

export function destinations(
  random: Random,
  names: Names,
  subject: KnownService | undefined,
): Fields[] {
  const count = random.weighted([
    [6, 1],
    [2, 2],
  ] as const)
  return Array.from({ length: count }, (_, index) => ({
    destination: destination(random, names, subject),
    weight:
      count === 1 ? undefined : index === 0 ? random.pick([0, 50, 100]) : random.pick([10, 50]),
    headers: random.chance(0.1) ? headerOperations(random) : undefined,
  }))
}

function extras(random: Random, names: Names, subject: KnownService | undefined): Fields {
  return {
    rewrite: random.chance(0.2) ? rewrite(random) : undefined,
    timeout: random.chance(0.2) ? random.pick(['2s', '500ms', '1m']) : undefined,
    retries: random.chance(0.12) ? retries(random) : undefined,
    fault: random.chance(0.1) ? fault(random) : undefined,
    ...mirroring(random, names, subject),
    corsPolicy: random.chance(0.05) ? cors(random) : undefined,
  }
}

function mirroring(random: Random, names: Names, subject: KnownService | undefined): Fields {
  if (random.chance(0.03)) {
    return {
      mirrors: [
        { destination: destination(random, names, subject) },
        { destination: destination(random, names, subject), percentage: { value: 50 } },
      ],
    }
  }
  return {
    mirror: random.chance(0.12) ? destination(random, names, subject) : undefined,
    mirrorPercentage: random.chance(0.02) ? { value: random.pick([0, 10, 100]) } : undefined,
  }
}

function cors(random: Random): Fields {
  return {
    allowOrigins: [random.pick<Fields>([{ exact: 'https://example.com' }, { prefix: 'https://' }])],
    allowMethods: ['GET'],
    allowHeaders: [laneHeader],
    allowCredentials: random.chance(0.3) ? true : undefined,
  }
}

function rewrite(random: Random): Fields {
  return random.weighted<Fields>([
    [3, { uri: random.pick(['/', '/new', '/new/']) }],
    [2, { authority: 'rewritten.example.com' }],
    [1, { uri: '/new', authority: 'rewritten.example.com' }],
    [1, { uriRegexRewrite: { match: '/api/(v[0-9]+)(.*)', rewrite: String.raw`/\1/api\2` } }],
  ])
}

function retries(random: Random): Fields {
  return random.weighted<Fields>([
    [2, { attempts: 3 }],
    [1, { attempts: 0 }],
    [1, { attempts: 2, perTryTimeout: '1s', retryOn: 'connect-failure,503,gateway-error' }],
    [1, { attempts: 1, retryOn: '5xx', retryRemoteLocalities: true }],
  ])
}

function fault(random: Random): Fields {
  return random.weighted<Fields>([
    [2, { abort: { httpStatus: random.pick([418, 500]), percentage: { value: 100 } } }],
    [1, { abort: { httpStatus: 500, percentage: { value: 0 } } }],
    [1, { delay: { fixedDelay: '1s', percentage: { value: 100 } } }],
  ])
}

export function headerOperations(random: Random): Fields {
  return {
    request: random.chance(0.7)
      ? {
          set: random.chance(0.5)
            ? {
                [random.pick([laneHeader, 'x-set'])]: random.pick(['a', 'release-v1']),
              }
            : undefined,
          add: random.chance(0.4) ? { 'x-add': 'b' } : undefined,
          remove: random.chance(0.3) ? [random.pick(['x-gone', laneHeader])] : undefined,
        }
      : undefined,
    response: random.chance(0.4)
      ? { set: { 'x-answer': 'c' }, remove: random.chance(0.4) ? ['server'] : undefined }
      : undefined,
  }
}
