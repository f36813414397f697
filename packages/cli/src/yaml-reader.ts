import { isMap, isScalar, isSeq } from 'yaml'
import type { ParsedNode, YAMLMap } from 'yaml'
import { didYouMean } from './did-you-mean.ts'
import { CliError } from './errors.ts'
import type { ParsedYaml } from './yaml.ts'

/** Reads typed values out of YAML nodes; every mistake is a CliError with its place. */
export class YamlReader {
  readonly root: ParsedNode | null
  readonly at: (node: unknown) => string

  constructor({ root, at }: ParsedYaml) {
    this.root = root
    this.at = at
  }

  error(node: unknown, message: string): CliError {
    return new CliError(`${this.at(node)}: ${message}`, 2)
  }

  map(node: ParsedNode | null, what: string, fields?: readonly string[]): YAMLMap.Parsed {
    if (!isMap(node)) throw this.error(node, `${what} must be a mapping`)
    for (const { key } of node.items) {
      const name = this.scalar(key, what)
      if (fields !== undefined && !fields.includes(name))
        throw this.error(
          key,
          `unknown field \`${name}\`; ${what} has ${fields.join(', ')}${didYouMean(name, fields)}`,
        )
    }
    return node
  }

  get(map: YAMLMap.Parsed, field: string): ParsedNode {
    const pair = map.items.find(({ key }) => isScalar(key) && key.value === field)
    if (pair === undefined || pair.value === null)
      throw this.error(map, `the field \`${field}\` is missing`)
    return pair.value
  }

  equals(map: YAMLMap.Parsed, field: string, expected: string): void {
    const node = this.get(map, field)
    const actual = this.string(node, field)
    if (actual !== expected)
      throw this.error(node, `\`${field}\` must be "${expected}", not "${actual}"`)
  }

  /** The items of a list; none where the field is absent. */
  list(map: YAMLMap.Parsed, field: string): readonly ParsedNode[] {
    if (!map.has(field)) return []
    const node = this.get(map, field)
    if (!isSeq(node)) throw this.error(node, `\`${field}\` must be a list`)
    return node.items
  }

  string(node: ParsedNode, field: string): string {
    if (!isScalar(node) || typeof node.value !== 'string')
      throw this.error(node, `\`${field}\` must be text; put it in quotes`)
    return node.value
  }

  /** Text, a number or a boolean, as text: what an environment variable can hold. */
  scalar(node: ParsedNode, field: string): string {
    const value: unknown = isScalar(node) ? node.value : undefined
    if (typeof value === 'string') return value
    if (typeof value === 'number' || typeof value === 'boolean') return String(value)
    throw this.error(node, `\`${field}\` must hold plain values`)
  }

  port(node: ParsedNode | null, field: string, lowest: 0 | 1): number {
    const value = isScalar(node) ? node.value : undefined
    if (typeof value !== 'number' || !Number.isInteger(value) || value < lowest || value > 65_535)
      throw this.error(node, `\`${field}\` must map ports from ${lowest} to 65535`)
    return value
  }
}
