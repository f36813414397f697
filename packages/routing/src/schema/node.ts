import { kindNodes, nodeTexts } from './data.ts'

/**
 * A node of a structural schema. The names are short for the sake of the bundle; ../../schema/generate.js
 * writes them. A number is the number of another node.
 */
export interface SchemaNode {
  /** The type; absent where any value will do. */
  readonly t?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean'
  /** 1: a whole number or text; 2: any number or text. */
  readonly x?: 1 | 2
  /** Fields that `p` does not name are kept as they are. */
  readonly u?: 1
  /** null is a value. */
  readonly n?: 1
  /** Fields by name. */
  readonly p?: Readonly<Record<string, number>>
  /** The names of those that must be there. */
  readonly r?: readonly string[]
  /** The names of those that only Gateway API's experimental channel has. */
  readonly ex?: readonly string[]
  /** The values of an object with names of the user's own. */
  readonly a?: number
  /** The entries of a list. */
  readonly i?: number
  /** The fields that tell the entries of a list apart. */
  readonly k?: readonly string[]
  /** No two entries of a list may be equal. */
  readonly s?: 1
  /** The value where the manifest holds none. */
  readonly d?: unknown
  /** The values that it may have. */
  readonly e?: readonly unknown[]
  /** A pattern for text. */
  readonly re?: string
  /** What kind of text it is. */
  readonly f?: 'ipv4' | 'ipv6'
  /** Bounds: of a number, of a text's length, of a list's and of an object's size. */
  readonly lo?: number
  readonly hi?: number
  readonly sl?: number
  readonly sh?: number
  readonly nl?: number
  readonly nh?: number
  readonly pl?: number
  readonly ph?: number
  /** Schemas of which one, at least one, all or none must hold. */
  readonly one?: readonly number[]
  readonly any?: readonly number[]
  readonly all?: readonly number[]
  readonly not?: number
  /** Checks by name, with arguments (./checks.ts). */
  readonly c?: readonly (readonly [string, ...(string | number | boolean)[]])[]
}

let parsed: readonly SchemaNode[] | null = null

/** The node of a number. */
export function nodeAt(number: number): SchemaNode {
  parsed ??= parse()
  return parsed[number] ?? {}
}

function parse(): readonly SchemaNode[] {
  // What the generator wrote.
  const nodes: SchemaNode[] = JSON.parse(`[${nodeTexts.join(',')}]`)
  return nodes
}

/** The node of a kind in one of its versions; undefined where we have no schema for it. */
export function nodeOfKind(apiVersion: string, kind: string): SchemaNode | undefined {
  const id = `${apiVersion.includes('/') ? '' : '/'}${apiVersion}/${kind}`
  return Object.hasOwn(kindNodes, id) ? nodeAt(kindNodes[id] ?? 0) : undefined
}
