import type { Mesh } from '@traffic-lanes/routing'
import type { GatewayConfig } from '../config.ts'
import { CliError, codeOf } from '../errors.ts'

/** A sentence for a port that cannot be had; any other error as it is. */
export function portError(error: unknown, subject: string): unknown {
  const code = codeOf(error)
  if (code !== 'EADDRINUSE' && code !== 'EACCES') return error
  const why =
    code === 'EACCES'
      ? 'may not be opened by this user; choose a number above 1023 there'
      : 'is in use already; stop the program that holds it, or change the number there'
  return new CliError(`${subject} ${why}`, 1, { cause: error })
}

/**
 * @throws CliError (exit code 2) where lanes.yaml names a gateway or a port that the manifests do not have.
 */
export function checkGateway(mesh: Mesh, { gateway, listen, position }: GatewayConfig): void {
  const found = mesh.gateways.filter(({ id }) => id === `gateway/${gateway}`)
  if (found.length === 0) {
    const names = [...new Set(mesh.gateways.map(({ id }) => id.replace('gateway/', '')))].join(', ')
    throw new CliError(
      `${position}: the manifests have no Gateway ${gateway} (there is ${names || 'none'}); correct the name`,
      2,
    )
  }
  for (const { port, position: where } of listen) {
    const ports = found.flatMap(({ servers }) => servers.map((server) => server.port))
    if (ports.includes(port)) continue
    const known = [...new Set(ports)].join(', ')
    throw new CliError(
      `${where}: Gateway ${gateway} has no server on port ${port} (it has ${known || 'none'}); correct the number`,
      2,
    )
  }
}
