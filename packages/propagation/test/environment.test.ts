import { describe, expect, it } from 'vitest'
import { readEnvironment } from '../src/environment.ts'

describe('the environment of register', () => {
  it('asks for nothing where nothing is set, or everything is empty', () => {
    const nothing = { options: { targets: [] }, debug: false, mistakes: [] }
    expect(readEnvironment({})).toEqual(nothing)
    expect(readEnvironment({ PROJECT_VERSION: 'release-v1' })).toEqual(nothing)
    const empty = { LANES_HEADER: '', LANES_TARGETS: ' , ', LANES_DEFAULT: ' ', LANES_DEBUG: '' }
    expect(readEnvironment(empty)).toEqual(nothing)
  })

  it('takes a header, targets, a lane and debug', () => {
    const env = {
      LANES_HEADER: ' X-Lane ',
      LANES_TARGETS: 'api.example.com, *.corp,10.0.0.1',
      LANES_DEFAULT: 'nightly',
      LANES_DEBUG: '1',
    }
    expect(readEnvironment(env)).toEqual({
      options: {
        header: 'X-Lane',
        targets: ['api.example.com', '*.corp', '10.0.0.1'],
        defaultLane: 'nightly',
      },
      debug: true,
      mistakes: [],
    })
  })

  it.each([
    ['1', 'release-v1'],
    ['true', 'release-v1'],
    ['TRUE', 'release-v1'],
    ['0', undefined],
    ['false', undefined],
    ['11', '11'],
  ])('takes LANES_DEFAULT=%s for %s', (text, lane) => {
    const { options, mistakes } = readEnvironment({
      LANES_DEFAULT: text,
      PROJECT_VERSION: 'release-v1',
    })
    expect(options.defaultLane).toBe(lane)
    expect(mistakes).toEqual([])
  })

  it.each([
    [
      { LANES_HEADER: 'host' },
      'LANES_HEADER is "host", expected the name of a header of your own: "project-version" is used',
    ],
    [
      { LANES_HEADER: 'a\nb' },
      String.raw`LANES_HEADER is "a\nb", expected the name of a header of your own: "project-version" is used`,
    ],
    [
      { LANES_TARGETS: 'https://api.example.com/' },
      'LANES_TARGETS holds "https://api.example.com/", expected a host such as "api.example.com" or a glob such as "*.example.com", without scheme, port and path: it is left out',
    ],
    [
      { LANES_TARGETS: '*' },
      'LANES_TARGETS holds "*", expected a host such as "api.example.com" or a glob such as "*.example.com", without scheme, port and path: it is left out',
    ],
    [
      { LANES_DEFAULT: 'a b' },
      'LANES_DEFAULT is "a b", expected a lane such as "release-v1": work that no request started has none',
    ],
    [
      { LANES_DEFAULT: '1' },
      'LANES_DEFAULT is "1", which stands for PROJECT_VERSION; that is not set, expected a lane such as "release-v1": work that no request started has none',
    ],
    [
      { LANES_DEFAULT: 'true', PROJECT_VERSION: '-' },
      'LANES_DEFAULT is "true", which stands for PROJECT_VERSION; that is "-", expected a lane such as "release-v1": work that no request started has none',
    ],
    [
      { LANES_TRAIL: 'a b' },
      'LANES_TRAIL is "a b", expected a name such as "testaaa" or "testaaa@release-v1": no trail is told',
    ],
    [
      { LANES_TRAIL: 'a@b@c' },
      'LANES_TRAIL is "a@b@c", expected a name such as "testaaa" or "testaaa@release-v1": no trail is told',
    ],
    [{ LANES_DEBUG: 'yes' }, 'LANES_DEBUG is "yes", expected 1 or 0: nothing is explained'],
  ])('says what is wrong with %o, and goes on without it', (env, mistake) => {
    const { options, debug, mistakes } = readEnvironment(env)
    expect(mistakes).toEqual([mistake])
    expect({ options, debug }).toEqual({ options: { targets: [] }, debug: false })
  })

  it.each([
    [{ LANES_TRAIL: 'testaaa@v1' }, { service: 'testaaa', version: 'v1' }],
    [
      { LANES_TRAIL: 'testaaa', PROJECT_VERSION: 'v2' },
      { service: 'testaaa', version: 'v2' },
    ],
    [{ LANES_TRAIL: ' testaaa ' }, { service: 'testaaa', version: 'release' }],
    [{ LANES_TRAIL: '' }, undefined],
  ])('takes the name of the hop from %o', (env, trail) => {
    expect(readEnvironment(env).trail).toEqual(trail)
  })

  it('leaves out the wrong target only', () => {
    const { options, mistakes } = readEnvironment({ LANES_TARGETS: '*.corp,a b,api.example.com' })
    expect(options.targets).toEqual(['*.corp', 'api.example.com'])
    expect(mistakes).toHaveLength(1)
  })
})
