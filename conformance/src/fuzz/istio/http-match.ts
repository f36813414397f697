import type { Fields } from '../manifest.ts'
import type { Names } from '../names.ts'
import { laneHeader, laneRegexes, laneValues, pathRegexes, paths, versions } from '../names.ts'
import type { Random } from '../random.ts'

export function httpMatch(random: Random, names: Names): Fields {
  const service = names.services.length > 0 ? random.pick(names.services) : undefined
  return {
    name: random.chance(0.06) ? 'm' : undefined,
    uri: random.chance(0.5) ? pathMatch(random) : undefined,
    ignoreUriCase: random.chance(0.06) ? true : undefined,
    headers: random.chance(0.55) ? headerMatches(random) : undefined,
    withoutHeaders: random.chance(0.07) ? headerMatches(random) : undefined,
    queryParams: random.chance(0.08)
      ? {
          q: random.pick<Fields>([
            { exact: '1' },
            { exact: '' },
            { prefix: '1' },
            { regex: '[0-9]+' },
            {},
          ]),
        }
      : undefined,
    method: random.chance(0.08)
      ? random.pick<Fields>([{ exact: 'GET' }, { regex: 'P.*' }])
      : undefined,
    authority: random.chance(0.06)
      ? random.pick<Fields>([
          { prefix: 'reviews' },
          { exact: 'shop.example.com' },
          { regex: '.*example.*' },
        ])
      : undefined,
    scheme: random.chance(0.03)
      ? random.pick<Fields>([{ exact: 'http' }, { exact: 'https' }])
      : undefined,
    port: random.chance(0.1) ? random.pick([80, 8080, 9080, 443]) : undefined,
    sourceLabels: random.chance(0.08) ? { version: random.pick(versions) } : undefined,
    sourceNamespace: random.chance(0.05) ? random.pick(names.namespaces) : undefined,
    gateways:
      random.chance(0.08) && service ? [random.pick(['mesh', ...names.gateways])] : undefined,
  }
}

function pathMatch(random: Random): Fields {
  return random.weighted<() => Fields>([
    [4, () => ({ prefix: random.pick(paths) })],
    [3, () => ({ exact: random.pick(paths) })],
    [2, () => ({ regex: random.pick(pathRegexes) })],
  ])()
}

function headerMatches(random: Random): Fields {
  const lane = random.weighted<() => Fields>([
    [8, () => ({ exact: random.pick(laneValues.slice(0, 4)) })],
    [2, () => ({ prefix: 'release-v' })],
    [2, () => ({ regex: random.pick(laneRegexes) })],
    [1, () => ({})],
  ])()
  const name = random.weighted([
    [12, laneHeader],
    [1, 'Project-Version'],
    [2, 'end-user'],
  ])
  return random.chance(0.1) ? { [name]: lane, 'x-more': { exact: '1' } } : { [name]: lane }
}
