/** One document of a file: its text and where it begins. */
export interface DocumentText {
  readonly text: string
  /** Lines of the file before it. */
  readonly linesBefore: number
}

/**
 * Takes a file apart at its `---` lines: at the start of a line they end a document wherever they stand, in
 * a block of text too (YAML 1.2.2, 9.1.2). A file with directives stays whole, for they reach over such a
 * line. Documents of comments alone are left out.
 */
export function splitDocuments(text: string): DocumentText[] {
  if (/^%/m.test(text)) return [{ text, linesBefore: 0 }]
  const documents: DocumentText[] = []
  let linesBefore = 0
  let start = 0
  const add = (end: number): void => {
    const one = text.slice(start, end)
    if (holdsContent(one)) documents.push({ text: one, linesBefore })
    linesBefore += countLines(one)
    start = end
  }
  for (const { index } of text.matchAll(/^---(?=\s|$)/gm)) {
    if (index > start) add(index)
  }
  add(text.length)
  return documents
}

function holdsContent(text: string): boolean {
  return /^(?!---\s*(?:#.*)?$)\s*[^\s#]/m.test(text)
}

function countLines(text: string): number {
  let lines = 0
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1
  return lines
}
