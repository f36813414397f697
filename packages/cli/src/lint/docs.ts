/** Where a code is explained. */
export function docsOf(code: string): string {
  return `docs/lint.md#${code.toLowerCase()}`
}
