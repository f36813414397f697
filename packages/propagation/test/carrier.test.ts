import { AxiosHeaders } from 'axios'
import { describe, expect, it } from 'vitest'
import { createPropagator, extract, inject, run } from '../src/index.ts'

const LANE = { 'project-version': 'release-v1' }

function throwing(): never {
  throw new Error('callback')
}

describe('inject', () => {
  it('writes nothing where there is no lane', () => {
    const carrier = {}
    expect(inject(carrier)).toBe(false)
    expect(carrier).toEqual({})
  })

  it('H6 writes to each kind of carrier', () => {
    run('release-v1', () => {
      const record: Record<string, string> = { a: '1' }
      const pairs = [['a', '1']]
      const headers = new Headers({ a: '1' })
      const map = new Map([['a', '1']])
      const axiosHeaders = new AxiosHeaders({ a: '1' })
      for (const carrier of [record, pairs, headers, map, axiosHeaders]) {
        expect(inject(carrier)).toBe(true)
      }
      expect(record).toEqual({ a: '1', ...LANE })
      expect(pairs).toEqual([
        ['a', '1'],
        ['project-version', 'release-v1'],
      ])
      expect(headers.get('project-version')).toBe('release-v1')
      expect(map.get('project-version')).toBe('release-v1')
      expect(axiosHeaders.toJSON()).toEqual({ a: '1', ...LANE })
    })
  })

  it('H2, H6 is undone by strip in a record, pairs and a Map, in any case of the name', () => {
    const { strip } = createPropagator()
    const url = 'https://example.com'
    const record = { a: '1', 'Project-Version': 'x' }
    const pairs = [
      ['PROJECT-VERSION', 'x'],
      ['a', '1'],
      ['project-version', 'y'],
    ]
    const map = new Map(Object.entries(record))
    expect([record, pairs, map].map((carrier) => strip(carrier, url))).toEqual([true, true, true])
    expect([record, pairs, [...map]]).toEqual([{ a: '1' }, [['a', '1']], [['a', '1']]])
  })

  it('H4 lets a header win that is there, in any case of its name', () => {
    run('release-v1', () => {
      const record = { 'Project-Version': 'explicit' }
      const emptied = { 'project-version': '' }
      const nulled = { 'project-version': null }
      const pairs = [['PROJECT-VERSION', 'explicit']]
      const nulledPairs = [['project-version', null]]
      const headers = new Headers(record)
      const map = new Map([['Project-Version', 'explicit']])
      const axiosHeaders = new AxiosHeaders({ 'Project-Version': false })
      const carriers = [record, emptied, nulled, pairs, nulledPairs, headers, map, axiosHeaders]
      expect(carriers.map((carrier) => inject(carrier))).toEqual(carriers.map(() => false))
      expect(record).toEqual({ 'Project-Version': 'explicit' })
      expect(emptied).toEqual({ 'project-version': '' })
      expect(nulled).toEqual({ 'project-version': null })
      expect(pairs).toEqual([['PROJECT-VERSION', 'explicit']])
      expect(nulledPairs).toEqual([['project-version', null]])
      expect(headers.get('project-version')).toBe('explicit')
      expect([...map.keys()]).toEqual(['Project-Version'])
      expect(axiosHeaders.get('project-version')).toBe(false)
    })
  })

  it('takes undefined, and an empty list, for no header', () => {
    run('release-v1', () => {
      const record = { 'project-version': undefined }
      const listed = { 'project-version': [] }
      expect([inject(record), inject(listed)]).toEqual([true, true])
      expect(record).toEqual(LANE)
      expect(listed).toEqual(LANE)
    })
  })

  it('H16 writes only where the destination may have it', () => {
    run('release-v1', () => {
      const carriers = [{}, {}, {}, {}]
      const [allowed = {}, denied = {}, unknown = {}, vouched = {}] = carriers
      expect(inject(allowed, { url: 'http://testbbb:32000' })).toBe(true)
      expect(inject(denied, { url: new URL('https://example.com') })).toBe(false)
      // A destination that plain JavaScript forgot to pass is none that it vouches for.
      expect(Reflect.apply(inject, undefined, [unknown, { url: undefined }])).toBe(false)
      expect(inject(vouched)).toBe(true)
      expect(carriers).toEqual([LANE, {}, {}, LANE])
    })
  })

  it('H16 leaves a request alone that AWS Signature Version 4 signs', () => {
    const url = 'http://minio.storage-1:9000/bucket'
    run('release-v1', () => {
      const signed = {
        Authorization: 'AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu/s3/aws4_request',
      }
      const bearer = { Authorization: 'Bearer AWS4-HMAC-SHA256' }
      expect(inject({ ...signed }, { url })).toBe(false)
      expect(inject(new Headers(signed), { url })).toBe(false)
      expect(inject({ ...bearer }, { url })).toBe(true)
    })
  })

  it('uses a setter and a getter of the caller', () => {
    const message = { properties: [] as string[] }
    const how = {
      setter: (carrier: typeof message, header: string, value: string) => {
        carrier.properties.push(`${header}=${value}`)
      },
      getter: (carrier: typeof message, header: string) =>
        carrier.properties.find((property) => property.startsWith(`${header}=`)),
    }
    run('release-v1', () => {
      expect(inject(message, how)).toBe(true)
      expect(inject(message, how)).toBe(false)
    })
    expect(message.properties).toEqual(['project-version=release-v1'])
  })

  it('H18 writes one header however often it is called', () => {
    run('release-v1', () => {
      const pairs: string[][] = []
      expect([inject(pairs), inject(pairs), inject(pairs)]).toEqual([true, false, false])
      expect(pairs).toHaveLength(1)
    })
  })

  it('counts what it did', () => {
    const propagator = createPropagator()
    propagator.inject({})
    propagator.run('release-v1', () => {
      propagator.inject({})
      propagator.inject({ ...LANE })
      propagator.inject({}, { url: 'https://example.com' })
      propagator.inject(Object.freeze({}))
    })
    propagator.run({ 'x-other': 'a' }, () => {})
    const before = propagator.counters()
    expect(before).toEqual({
      injected: 1,
      kept: 1,
      withheld: 1,
      stripped: 0,
      dropped: {
        empty: 0,
        'too-long': 0,
        pattern: 0,
        conflict: 0,
        type: 0,
        'unknown-header': 1,
        unreadable: 0,
        unwritable: 1,
        untrusted: 0,
        'not-allowed': 0,
        'baggage-full': 0,
      },
    })
    propagator.run('release-v1', () => propagator.inject({}))
    expect([before.injected, propagator.counters().injected]).toEqual([1, 2])
  })
})

describe('extract', () => {
  it.each<[string, object]>([
    ['a record', { 'project-version': 'release-v1' }],
    ['a record in another case', { 'Project-VERSION': 'release-v1' }],
    ['a record with a list', { 'project-version': ['release-v1', 'release-v1'] }],
    [
      'a record with both cases',
      { 'project-version': 'release-v1', 'Project-Version': 'release-v1' },
    ],
    [
      'pairs',
      [
        ['Project-Version', 'release-v1'],
        ['a', 'b'],
      ],
    ],
    [
      'Headers',
      new Headers([
        ['Project-Version', 'release-v1'],
        ['Project-Version', 'release-v1'],
      ]),
    ],
    ['a Map', new Map([['Project-Version', 'release-v1']])],
    ['AxiosHeaders', new AxiosHeaders({ 'Project-Version': 'release-v1' })],
    [
      'anything with get',
      { get: (name: string) => (name === 'project-version' ? ['release-v1'] : []) },
    ],
  ])('H6 reads %s', (_, carrier) => {
    expect(extract(carrier)).toStrictEqual(LANE)
    expect(Object.isFrozen(extract(carrier))).toBe(true)
  })

  it.each<[string, unknown]>([
    ['another header', { 'project-versions': 'release-v1' }],
    ['two cases that differ', { 'project-version': 'release-v1', 'Project-Version': 'release-v2' }],
    ['Headers without it', new Headers()],
    ['a Map without it', new Map()],
    ['an inherited property', Object.create(LANE)],
    ['a string', 'project-version: release-v1'],
    ['null', null],
    ['undefined', undefined],
  ])('finds nothing in %s', (_, carrier) => {
    expect(extract(carrier)).toStrictEqual({})
  })

  it('uses a getter of the caller', () => {
    const metadata = 'project-version=release-v1'
    expect(extract(metadata, (carrier, header) => carrier.split(`${header}=`)[1])).toEqual(LANE)
  })

  it('answers what run takes, and inject wrote', () => {
    const message = { headers: {} }
    run('release-v1', () => inject(message.headers))
    run(extract(message.headers), () => {
      const next = {}
      inject(next)
      expect(next).toEqual(LANE)
    })
  })
})

describe('H7 whatever is handed over', () => {
  const hostile = new Proxy(
    {},
    {
      get: () => {
        throw new Error('get')
      },
      ownKeys: () => {
        throw new Error('ownKeys')
      },
    },
  )
  it.each([[hostile], [Object.freeze({})], [Object.freeze([])], [null], [undefined], [5], ['a']])(
    'inject does not throw: %#',
    (carrier) => {
      run('release-v1', () => {
        expect(Reflect.apply(inject, undefined, [carrier])).toBe(false)
        expect(Reflect.apply(inject, undefined, [carrier, { url: hostile }])).toBe(false)
      })
    },
  )

  it.each([
    [null],
    [5],
    [hostile],
    [{ setter: throwing }],
    [{ getter: throwing }],
    [{ setter: 5 }],
  ])('inject does not throw at options: %#', (options) => {
    run('release-v1', () => {
      const carrier = {}
      expect(Reflect.apply(inject, undefined, [carrier, options])).toBe(false)
      expect(carrier).toEqual({})
    })
  })

  it('extract does not throw, and counts', () => {
    const propagator = createPropagator()
    expect(propagator.extract(hostile)).toEqual({})
    expect(propagator.extract({}, throwing)).toEqual({})
    expect(Reflect.apply(propagator.extract, undefined, [{}, 5])).toEqual({})
    expect(propagator.counters().dropped.unreadable).toBe(3)
  })

  it('strip does not throw, and counts', () => {
    const { strip, counters } = createPropagator()
    const url = 'https://example.com'
    const pairs = Object.freeze([Object.freeze(['project-version', 'a'])])
    for (const carrier of [hostile, pairs]) expect(strip(carrier, url)).toBe(false)
    expect(Reflect.apply(strip, undefined, [{}, hostile])).toBe(false)
    expect(counters()).toMatchObject({ stripped: 0, dropped: { unwritable: 2 } })
  })

  it('run calls the function without a lane', () => {
    const propagator = createPropagator()
    for (const lane of [hostile, 5, true, Symbol('lane'), [], () => 'a', new Date()]) {
      expect(
        Reflect.apply(propagator.run, undefined, [lane, propagator.currentLane]),
      ).toBeUndefined()
    }
  })
})
