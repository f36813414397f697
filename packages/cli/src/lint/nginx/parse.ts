import type { Position } from '@traffic-lanes/routing'
import { withoutLua } from './lua.ts'
import { NginxSyntaxError, tokenize } from './tokenize.ts'
import type { Token } from './tokenize.ts'

/** One directive: `proxy_pass http://backend;`, or with a block: `location / { … }`. */
export interface Directive {
  readonly name: string
  readonly args: readonly Token[]
  readonly position: Position
  /** null: it ends with `;`. */
  readonly block: readonly Directive[] | null
}

/**
 * Reads a file into directives. What openresty's `…_by_lua_block` holds is Lua, and is passed over.
 *
 * @throws NginxSyntaxError with the place.
 */
export function parseNginx(file: string, text: string): Directive[] {
  const tokens = [...tokenize(file, withoutLua(text))]
  const end: Position = tokens.at(-1)?.position ?? { file, line: 1, column: 1 }
  let at = 0

  function directives(isNested: boolean): Directive[] {
    const found: Directive[] = []
    for (;;) {
      const token = tokens[at]
      if (token === undefined) {
        if (isNested) throw new NginxSyntaxError('a block has no closing brace', end)
        return found
      }
      if (isSign(token, '}')) {
        if (!isNested)
          throw new NginxSyntaxError('there is no block that this brace closes', token.position)
        at += 1
        return found
      }
      found.push(directive(token))
    }
  }

  function directive(first: Token): Directive {
    const args: Token[] = []
    at += 1
    for (;;) {
      const token = tokens[at]
      if (token === undefined)
        throw new NginxSyntaxError(`the directive ${first.text} has no \`;\``, first.position)
      at += 1
      const head = { name: first.text, args, position: first.position }
      if (isSign(token, ';')) return { ...head, block: null }
      if (isSign(token, '{')) return { ...head, block: directives(true) }
      if (isSign(token, '}'))
        throw new NginxSyntaxError(`the directive ${first.text} has no \`;\``, first.position)
      args.push(token)
    }
  }

  return directives(false)
}

function isSign({ text, quoted }: Token, sign: string): boolean {
  return !quoted && text === sign
}
