import type { ExampleRequest } from '@traffic-lanes/routing'

/**
 * The command that shows the request, to be pasted into a POSIX shell.
 *
 * @param paths What `-f` was given.
 */
export function explainCommandOf(request: ExampleRequest, paths: readonly string[]): string {
  return ['lanes', ...explainArguments(request, paths)].map(quote).join(' ')
}

/** The same as a list of arguments, without the program's name. */
export function explainArguments(
  { from, method, url, lane, headers, http }: ExampleRequest,
  paths: readonly string[],
): string[] {
  return [
    'explain',
    ...paths.flatMap((path) => ['-f', path]),
    '--from',
    from,
    ...(method === 'GET' ? [] : ['-X', method]),
    url,
    ...headers.flatMap(([name, value]) => ['-H', `${name}: ${value}`]),
    ...(lane === null ? [] : ['--lane', lane]),
    ...(http === null ? [] : ['--http', http]),
  ]
}

function quote(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
