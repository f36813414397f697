import { BAGGAGE, addMember, readMember, removeMember } from './baggage.ts'
import { deleteHeader, readHeader, replaceHeader, writeHeader } from './carrier.ts'
import type { Carrier, Getter, Setter } from './carrier.ts'

/** A further name of the header. */
export interface Alias {
  readonly name: string
  /** Whether the lane is written under this name too. Read it is in any case. */
  readonly write: boolean
}

/** The headers by which a lane travels. */
export interface Names {
  readonly header: string
  readonly aliases: readonly Alias[]
  /** The key of the W3C Baggage member; undefined for none. */
  readonly baggage: string | undefined
}

/** Reads, writes and takes off the headers by which a lane travels, whatever the carrier. */
export interface Wire {
  /** Every header that is touched, in lower case; the lane's own comes first. */
  readonly fields: readonly string[]
  /** What the first of them that is there holds; undefined for none. */
  read<C>(carrier: C, getter: Getter<C>): unknown
  /** Whether one of them says something already, the very same lane as a baggage member not counted. */
  isSet<C>(carrier: C, getter: Getter<C>, lane: string): boolean
  /** Tells whether all was written: a baggage header that is full takes no member more. */
  write<C extends Carrier>(carrier: C, getter: Getter<C>, setter: Setter<C>, lane: string): boolean
  /** Takes them off; tells whether there was one. Other members of the baggage stay. */
  remove(carrier: Carrier): boolean
}

/** Makes the wire of a lane. */
export function createWire({ header, aliases, baggage }: Names): Wire {
  const names = [header, ...aliases.map(({ name }) => name)]
  const written = aliases.flatMap(({ name, write }) => (write ? name : []))

  function members<C>(carrier: C, getter: Getter<C>): readonly string[] | undefined {
    return baggage === undefined ? undefined : readMember(getter(carrier, BAGGAGE), baggage)
  }

  return {
    fields: baggage === undefined ? names : [...names, BAGGAGE],
    read(carrier, getter) {
      for (const name of names) {
        const value = getter(carrier, name)
        if (isPresent(value)) return value
      }
      return members(carrier, getter)
    },
    isSet(carrier, getter, lane) {
      if (names.some((name) => isPresent(getter(carrier, name)))) return true
      return members(carrier, getter)?.some((value) => value !== lane) === true
    },
    write(carrier, getter, setter, lane) {
      setter(carrier, header, lane)
      for (const name of written) setter(carrier, name, lane)
      if (baggage === undefined || members(carrier, getter) !== undefined) return true
      const text = addMember(getter(carrier, BAGGAGE), baggage, lane)
      if (text === undefined) return false
      const set: Setter<Carrier & typeof carrier> = setter === writeHeader ? replaceHeader : setter
      set(carrier, BAGGAGE, text)
      return true
    },
    remove(carrier) {
      const found = names.filter((name) => deleteHeader(carrier, name)).length > 0
      const before = baggage === undefined ? undefined : readHeader(carrier, BAGGAGE)
      if (baggage === undefined || readMember(before, baggage) === undefined) return found
      const others = removeMember(before, baggage)
      if (others === '') deleteHeader(carrier, BAGGAGE)
      else replaceHeader(carrier, BAGGAGE, others)
      return true
    },
  }
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0)
}
