import { proxies } from '@traffic-lanes/routing'
import type { Proxy } from '@traffic-lanes/routing'
import { CliError } from '../errors.ts'
import type { Project } from '../project.ts'
import { callersOf, outside } from './callers.ts'
import type { Caller } from './callers.ts'

/**
 * Who is asked: everybody, or whom `--from` names.
 *
 * @throws CliError (exit code 2) where the manifests have no such proxy.
 */
export function callersFor(from: string | undefined, { mesh, resources }: Project): Caller[] {
  if (from === undefined) return callersOf(mesh, resources)
  if (from === 'outside') return [outside]
  const proxy = proxies(mesh).find(({ id }) => id === from)
  if (proxy === undefined)
    throw new CliError(
      `--from: \`${from}\` is none of the manifests' proxies; \`lanes map\` without --from shows them`,
      2,
    )
  return [{ kind: kindOf(proxy), proxy, members: [proxy.id] }]
}

function kindOf({ type }: Proxy): Caller['kind'] {
  return type === 'gateway' ? 'router' : 'sidecar'
}

/** Everybody's names, by kind, so that a group that is everybody can be called so. */
export function namesByKind(callers: readonly Caller[]): Map<string, readonly string[]> {
  return new Map(
    (['sidecar', 'router', 'outside'] as const).map((kind) => [
      kind,
      callers.filter((each) => each.kind === kind).flatMap(({ members }) => members),
    ]),
  )
}
