import { answer, QuestionError } from '@traffic-lanes/routing'
import type { LocalMeshConfig } from '../config.ts'
import { CliError, messageOf } from '../errors.ts'
import type { ExitCode } from '../errors.ts'
import type { Io } from '../io.ts'
import { jsonLine } from '../output/json.ts'
import { explain } from './explain.ts'
import type { Ask } from './explain.ts'
import { splitLines } from './lines.ts'
import { LineError, parseLine } from './question.ts'

export interface BatchOptions {
  readonly ask: Ask
  readonly config: LocalMeshConfig | null
  /** Who calls where a line does not say. */
  readonly from: string | undefined
  /** The file, as messages print it. */
  readonly name: string
}

/**
 * Answers questions, one JSON object a line, in their order: each answer is written before the next question
 * is read. Blank lines are passed over; a line that is no question gets `{"error": …}` in its place.
 *
 * @returns 1 where a line was no question.
 */
export async function explainBatch(
  chunks: AsyncIterable<Uint8Array>,
  { ask, config, from, name }: BatchOptions,
  output: Io['stdout'],
): Promise<ExitCode> {
  let code: ExitCode = 0
  try {
    for await (const { text, number } of splitLines(chunks)) {
      if (text?.trim() === '') continue
      const reply = replyTo(text, from, ask, config)
      if (typeof reply === 'string') code = 1
      output.write(
        typeof reply === 'string'
          ? `${JSON.stringify({ error: { message: reply, line: number } })}\n`
          : jsonLine(reply),
      )
      if (!(await output.drained())) break
    }
  } catch (error) {
    throw new CliError(`--batch ${name}: cannot be read: ${messageOf(error)}`, 2, { cause: error })
  }
  return code
}

/** The answer, or why there is none. */
function replyTo(
  text: string | null,
  from: string | undefined,
  ask: Ask,
  config: LocalMeshConfig | null,
): object | string {
  if (text === null) return 'not UTF-8, or longer than a question can be'
  try {
    const { proxy, request, decision } = explain(parseLine(text, from), ask, config)
    return answer(proxy, request, decision)
  } catch (error) {
    if (error instanceof LineError || error instanceof QuestionError) return error.message
    throw error
  }
}
