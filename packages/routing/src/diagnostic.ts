/** A place in a manifest. Lines and columns count from 1, as editors and compilers count. */
export interface Position {
  readonly file: string
  readonly line: number
  readonly column: number
}

export type Level = 'error' | 'warning' | 'info'

/** A finding in the manifests: what is wrong, where, and what to do about it. */
export interface Diagnostic {
  /** A stable name of the finding, in kebab case: `yaml-syntax`, `not-modelled`. */
  readonly code: string
  readonly level: Level
  /** One sentence with the facts and the cure. */
  readonly message: string
  readonly position: Position | null
  /** The resource concerned: `VirtualService test-istio/testaaa`; null where none could be read. */
  readonly resource: string | null
}

/** `file:line:column: level: message [code]`, as compilers print it, so that editors can jump there. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { position, level, message, code } = diagnostic
  const where = position === null ? '' : `${formatPosition(position)}: `
  return `${where}${level}: ${message} [${code}]`
}

/** `file:line:column`. */
export function formatPosition({ file, line, column }: Position): string {
  return `${file}:${line}:${column}`
}
