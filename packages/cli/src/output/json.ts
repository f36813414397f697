/**
 * The version of what a command prints for programs. It is raised when a field changes its meaning or goes;
 * new fields leave it.
 */
const SCHEMA_VERSION = 1

/** One JSON object of several lines, to be read by people too. */
export function prettyJson(value: object): string {
  return `${JSON.stringify(versioned(value), null, 2)}\n`
}

/** One JSON object in a line. */
export function jsonLine(value: object): string {
  return `${JSON.stringify(versioned(value))}\n`
}

function versioned(value: object): object {
  return { schemaVersion: SCHEMA_VERSION, ...value }
}
