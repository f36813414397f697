/** A range of addresses: the bits that count, as a number, and how many there are. */
export interface Subnet {
  readonly bits: bigint
  readonly length: number
  /** 32 for IPv4, 128 for IPv6. */
  readonly size: number
}

/** Whether the text is an IPv4 or IPv6 address. */
export function isAddress(text: string): boolean {
  return parseAddress(text) !== null
}

/** Whether the address lies in the subnet. */
export function isInSubnet(address: string, { bits, length, size }: Subnet): boolean {
  const parsed = parseAddress(address)
  return parsed !== null && parsed.size === size && prefixOf(parsed.bits, length, size) === bits
}

/** Reads `10.0.0.0/8`; an address alone is a subnet of one. null: it is neither. */
export function parseSubnet(text: string): Subnet | null {
  const slash = text.indexOf('/')
  const parsed = parseAddress(slash === -1 ? text : text.slice(0, slash))
  if (parsed === null) return null
  const { bits, size } = parsed
  const written = slash === -1 ? String(size) : text.slice(slash + 1)
  const length = /^\d{1,3}$/.test(written) ? Number(written) : size + 1
  return length > size ? null : { bits: prefixOf(bits, length, size), length, size }
}

/** The address, or the only one of a subnet; null where there are more or none. */
export function hostAddress(text: string): string | null {
  if (isAddress(text)) return text
  const subnet = parseSubnet(text)
  return subnet !== null && subnet.length === subnet.size ? text.slice(0, text.indexOf('/')) : null
}

function prefixOf(bits: bigint, length: number, size: number): bigint {
  const rest = BigInt(size - length)
  return (bits >> rest) << rest
}

function parseAddress(text: string): { bits: bigint; size: number } | null {
  if (text.includes(':')) return parseIpv6(text)
  const bits = parseIpv4(text)
  return bits === null ? null : { bits, size: 32 }
}

function parseIpv4(text: string): bigint | null {
  const parts = text.split('.')
  if (parts.length !== 4) return null
  let bits = 0n
  for (const part of parts) {
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return null
    bits = (bits << 8n) | BigInt(part)
  }
  return bits
}

function parseIpv6(text: string): { bits: bigint; size: number } | null {
  const [front = '', back, ...more] = text.split('::')
  if (more.length > 0) return null
  const head = groupsOf(front)
  const tail = back === undefined ? [] : groupsOf(back)
  if (head === null || tail === null) return null
  const missing = 8 - head.length - tail.length
  if (back === undefined ? missing !== 0 : missing < 1) return null
  const groups = [...head, ...Array.from({ length: missing }, () => 0n), ...tail]
  return { bits: groups.reduce((bits, group) => (bits << 16n) | group, 0n), size: 128 }
}

function groupsOf(text: string): bigint[] | null {
  if (text === '') return []
  const groups: bigint[] = []
  const parts = text.split(':')
  for (const [index, part] of parts.entries()) {
    const dotted = index === parts.length - 1 && part.includes('.') ? parseIpv4(part) : null
    if (dotted !== null) groups.push(dotted >> 16n, dotted & 0xffffn)
    else if (/^[\da-f]{1,4}$/i.test(part)) groups.push(BigInt(`0x${part}`))
    else return null
  }
  return groups
}
