import { Option } from 'commander'
import type { Command } from 'commander'
import type { ExitCode } from './errors.ts'
import type { Io } from './io.ts'
import type { Signals } from './signals.ts'

/** Runs what a command line asks for; its exit code becomes the program's. */
export type Start = (run: (io: Io, signals: () => Signals) => Promise<ExitCode>) => Promise<void>

/** The flags by which every command is given its manifests. */
export function manifestOptions(command: Command): Command {
  return command
    .option(
      '-f, --filename <path>',
      'manifests: a file, a folder, or - for standard input; may be repeated (default: k8s)',
      collect,
      [],
    )
    .option('-R, --recursive', 'read the subfolders of a folder too', false)
}

/** The flag of the commands that ask the engine and start nothing. */
export function meshConfigOption(command: Command): Command {
  return command.option(
    '--mesh-config <file>',
    'Istio’s MeshConfig (default: that of the ConfigMap istio-system/istio, or of an IstioOperator, among the manifests)',
  )
}

/** The flag of the commands that read lanes.yaml. */
export function configOption(command: Command): Command {
  return command.option('--config <file>', 'how the workloads start here (default: lanes.yaml)')
}

/** What the proxies of the local mesh are: code in this process, or Envoys. */
export type ProxyKind = 'node' | 'envoy'

/** The flag of the commands that run the mesh. */
export function proxyOption(): Option {
  return new Option(
    '--proxy <kind>',
    'what sidecars and gateways are: node, in this process, or envoy (default: node)',
  )
    .choices(['node', 'envoy'])
    .default('node')
}

export function envoyOption(): Option {
  return new Option(
    '--envoy <path>',
    'the program for --proxy envoy (default: LANES_ENVOY, else envoy in PATH)',
  )
}

/** Collects the values of an option that may be repeated. */
export function collect(value: string, values: readonly string[]): readonly string[] {
  return [...values, value]
}

/** The end of a command's help. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}\n`).join('')}`
}
