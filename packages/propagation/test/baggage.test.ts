import { describe, expect, it } from 'vitest'
import { addMember, encodeValue, parseBaggage, readMember, removeMember } from '../src/baggage.ts'

const members = (count: number): string =>
  Array.from({ length: count }, (_, index) => `key${index}=value`).join(',')

const plain = (key: string, value: string): object => ({ key, value, properties: [] })

// The claims of test_baggage.py in w3c/baggage, and MUSTs of the specification that it does not test.
describe('W3C Baggage is read', () => {
  it('from nothing', () => {
    expect([undefined, '', ' , ', null, 1].map(parseBaggage)).toEqual([[], [], [], [], []])
  })

  it.each([
    ['SomeKey=SomeValue', [plain('SomeKey', 'SomeValue')]],
    ['SomeKey \t = \t SomeValue \t ', [plain('SomeKey', 'SomeValue')]],
    ['SomeKey=SomeValue=equals', [plain('SomeKey', 'SomeValue=equals')]],
    ['SomeKey=', [plain('SomeKey', '')]],
    ['a=1,a=2', [plain('a', '1'), plain('a', '2')]],
    ['key%41=1,KEY=2', [plain('key%41', '1'), plain('KEY', '2')]],
  ])('as members: %j', (text, expected) => {
    expect(parseBaggage(text)).toEqual(expected)
  })

  it.each([
    ['SomeKey=SomeValue;SomeProp', [{ key: 'SomeProp' }]],
    ['SomeKey \t = \t SomeValue \t ; \t SomeProp', [{ key: 'SomeProp' }]],
    ['SomeKey=SomeValue;P=V', [{ key: 'P', value: 'V' }]],
    ['SomeKey \t = \t SomeValue \t ; \t P \t = \t V', [{ key: 'P', value: 'V' }]],
    ['SomeKey=SomeValue;A;B=V', [{ key: 'A' }, { key: 'B', value: 'V' }]],
    [
      'SomeKey \t = \t SomeValue \t ; \t A \t ; \t B \t = \t V',
      [{ key: 'A' }, { key: 'B', value: 'V' }],
    ],
    [
      'SomeKey=SomeValue;p=1;p=2',
      [
        { key: 'p', value: '1' },
        { key: 'p', value: '2' },
      ],
    ],
    ['SomeKey=SomeValue;%41=%20', [{ key: '%41', value: '%20' }]],
  ])('with properties, which are never decoded: %j', (text, properties) => {
    expect(parseBaggage(text)).toEqual([{ key: 'SomeKey', value: 'SomeValue', properties }])
  })

  it.each([
    'SomeKey=SomeValue;SomeProp,SomeKey2=SomeValue2;ValueProp=PropVal',
    'SomeKey \t = \t SomeValue \t ; \t SomeProp \t , \t SomeKey2 \t = \t SomeValue2 \t ; \t ValueProp \t = \t PropVal',
  ])('as several members with properties: %j', (text) => {
    expect(parseBaggage(text)).toEqual([
      { key: 'SomeKey', value: 'SomeValue', properties: [{ key: 'SomeProp' }] },
      {
        key: 'SomeKey2',
        value: 'SomeValue2',
        properties: [{ key: 'ValueProp', value: 'PropVal' }],
      },
    ])
  })

  it.each([
    ['%09%20%22%27%3B%3Dasdf%21%40%23%24%25%5E%26%2A%28%29', '\t "\';=asdf!@#$%^&*()'],
    ['%C3%A4%F0%9F%98%80', 'ä\u{1f600}'],
    ['%EF%BB%BFa', '\uFEFFa'],
    ['a%FFb', 'a\uFFFDb'],
    ['100%', '100%'],
  ])('with values that are percent-encoded: %j', (text, value) => {
    expect(parseBaggage(`SomeKey \t = \t ${text} \t `)).toEqual([plain('SomeKey', value)])
  })

  it('from several headers as from one', () => {
    expect(parseBaggage(['a=1', 'b=2,c=3'])).toEqual([
      plain('a', '1'),
      plain('b', '2'),
      plain('c', '3'),
    ])
  })

  it('without what breaks the grammar, and nothing else with it', () => {
    expect(parseBaggage('novalue,a b=1,=2,q="3",,ok=4,é=5')).toEqual([plain('ok', '4')])
  })

  it('by the key, in its case, all its values', () => {
    expect(readMember('a=1,b=2,a=3;p', 'a')).toEqual(['1', '3'])
    expect(readMember('A=1', 'a')).toBeUndefined()
  })
})

describe('W3C Baggage is written', () => {
  it('with values that are percent-encoded where they must be, and come back the same', () => {
    const value = '\t "\';=asdf!@#$%^&*(),\\ä\u{1f600}'
    const encoded = encodeValue(value)
    expect(encoded).toMatch(/^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/)
    expect(parseBaggage(`k=${encoded}`)).toEqual([plain('k', value)])
    expect(encodeValue('release-v1/x_y.z')).toBe('release-v1/x_y.z')
  })

  it.each([
    [undefined, 'k=v'],
    ['', 'k=v'],
    [' ', 'k=v'],
    ['a \t = 1 ; p = 2 ,, b=%C3%a4;q', 'a \t = 1 ; p = 2 ,, b=%C3%a4;q,k=v'],
    [['a=1', 'b=2'], 'a=1,b=2,k=v'],
  ])('behind the members of %j, which stay byte for byte', (before, after) => {
    expect(addMember(before, 'k', 'v')).toBe(after)
  })

  it.each([
    ['k=v', ''],
    ['k = v ; p=1 ', ''],
    ['a \t = 1;p , k=v, b=2', 'a \t = 1;p , b=2'],
    ['k=1,a=2,k=3', 'a=2'],
    ['a=k,kk=1', 'a=k,kk=1'],
  ])('without a member: %j', (before, after) => {
    expect(removeMember(before, 'k')).toBe(after)
  })

  it('up to 64 members in all', () => {
    expect(addMember(members(63), 'k', 'v')?.split(',')).toHaveLength(64)
    expect(addMember(members(64), 'k', 'v')).toBeUndefined()
  })

  it('up to 8192 bytes in all, and never a part of a member', () => {
    expect(addMember(undefined, 'a', '0123456789'.repeat(819))).toHaveLength(8192)
    const before = `a=${'x'.repeat(8192 - 'a='.length - ',k=v'.length)}`
    expect(addMember(before, 'k', 'v')).toHaveLength(8192)
    expect(addMember(`${before}x`, 'k', 'v')).toBeUndefined()
  })

  it('never shortens what others wrote: 512 members of 8192 bytes are read, and ours is left out', () => {
    const many = `${Array.from({ length: 512 }, (_, index) => `${String(index).padStart(3, '0')}=0123456789a`).join(',')}b`
    expect(many).toHaveLength(8192)
    expect(parseBaggage(many)).toHaveLength(512)
    expect(addMember(many, 'k', 'v')).toBeUndefined()
  })
})
