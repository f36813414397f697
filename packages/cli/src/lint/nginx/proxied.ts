import type { Directive } from './parse.ts'
import type { Token } from './tokenize.ts'

/** A `proxy_pass`, with what is in force for it. */
export interface Proxied {
  readonly pass: Directive
  /** `http` or `https`. */
  readonly scheme: string
  /** What stands in the URL, variables filled in where the configuration sets them: `host` or `host:port`. */
  readonly authority: string
  /** Of the `upstream` block that it names: its servers; null: it names none. */
  readonly upstream: readonly string[] | null
  /** The directive in force; null: nginx's default. */
  readonly httpVersion: Token | null
  /** What Host is set to; null: nginx's default, `$proxy_host`. */
  readonly host: { readonly token: Token; readonly value: string } | null
  /** Of the `server` block around it. */
  readonly serverNames: readonly string[]
}

/** What directives further in inherit (nginx: ngx_http_proxy_merge_loc_conf). */
interface Scope {
  readonly httpVersion: Token | null
  /** A level with any proxy_set_header has only its own. */
  readonly headers: readonly Directive[]
  readonly variables: ReadonlyMap<string, string>
  readonly serverNames: readonly string[]
}

/** Every `proxy_pass` of the http contexts. */
export function findProxied(directives: readonly Directive[]): Proxied[] {
  const upstreams = new Map(
    everywhere(directives)
      .filter(({ name, block }) => name === 'upstream' && block !== null)
      .map(({ args, block }) => [
        args[0]?.text ?? '',
        (block ?? []).filter(({ name }) => name === 'server').map((one) => one.args[0]?.text ?? ''),
      ]),
  )
  const outer: Scope = { httpVersion: null, headers: [], variables: new Map(), serverNames: [] }
  return walk(directives, outer, upstreams)
}

function walk(
  directives: readonly Directive[],
  outer: Scope,
  upstreams: ReadonlyMap<string, readonly string[]>,
): Proxied[] {
  const scope = enter(directives, outer)
  return directives.flatMap((directive) => {
    if (directive.block !== null)
      return directive.name === 'stream' || directive.name === 'upstream'
        ? []
        : walk(directive.block, scope, upstreams)
    if (directive.name !== 'proxy_pass') return []
    const url = fill(directive.args[0]?.text ?? '', scope.variables)
    const [, scheme = '', authority = ''] = /^(https?):\/\/([^/?#]+)/.exec(url) ?? []
    if (scheme === '') return []
    const header = scope.headers.findLast(({ args }) => args[0]?.text.toLowerCase() === 'host')
    const token = header?.args[1]
    return [
      {
        pass: directive,
        scheme,
        authority,
        upstream: upstreams.get(authority) ?? null,
        httpVersion: scope.httpVersion,
        host: token === undefined ? null : { token, value: fill(token.text, scope.variables) },
        serverNames: scope.serverNames,
      },
    ]
  })
}

function enter(directives: readonly Directive[], outer: Scope): Scope {
  const of = (wanted: string) =>
    directives.filter(({ name, block }) => name === wanted && block === null)
  const headers = of('proxy_set_header')
  const names = of('server_name').flatMap(({ args }) => args.map(({ text }) => text))
  const variables = new Map(outer.variables)
  for (const { args } of of('set')) {
    const [variable, value] = args
    if (variable !== undefined && value !== undefined)
      variables.set(variable.text.replace(/^\$/, ''), fill(value.text, variables))
  }
  return {
    httpVersion: of('proxy_http_version').at(-1)?.args[0] ?? outer.httpVersion,
    headers: headers.length > 0 ? headers : outer.headers,
    variables,
    serverNames: names.length > 0 ? names : outer.serverNames,
  }
}

function fill(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\$(?:\{(\w+)\}|(\w+))/g, (whole, braced?: string, bare?: string) => {
    return variables.get(braced ?? bare ?? '') ?? whole
  })
}

function everywhere(directives: readonly Directive[]): Directive[] {
  return directives.flatMap((one) => [one, ...everywhere(one.block ?? [])])
}
