import { styleText } from 'node:util'

/** The process, as far as a command touches it; a test passes its own. */
export interface Io {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  readonly stdout: Output
  readonly stderr: Output
  /** Reads standard input to its end. */
  readonly stdin: () => Promise<Uint8Array>
  /** Standard input as it comes. Only one of the two can be asked for. */
  readonly stdinChunks: () => AsyncIterable<Uint8Array>
}

/** One of the two output streams. */
interface Output {
  /** Writes text as it is; the caller ends its lines. */
  readonly write: (text: string) => void
  /** Colours the text where the stream wants colour, else returns it unchanged. */
  readonly paint: Paint
  /** Whether someone watches: what only moves is for a terminal alone. */
  readonly isTerminal: boolean
  /**
   * Resolves when the reader has taken most of what was written, so that a long output does not pile up.
   *
   * @returns false when the reader has gone: nothing more need be written.
   */
  readonly drained: () => Promise<boolean>
}

export type Paint = (style: Parameters<typeof styleText>[0], text: string) => string

/** The real process's streams. */
export function processIo(): Io {
  return {
    cwd: process.cwd(),
    env: process.env,
    stdout: output(process.stdout),
    stderr: output(process.stderr),
    stdin: once(readStdin),
    stdinChunks: () => process.stdin,
  }
}

/** The same process, writing without colours. */
export function withoutColour(io: Io): Io {
  return {
    ...io,
    stdout: { ...io.stdout, paint: plain },
    stderr: { ...io.stderr, paint: plain },
  }
}

const plain: Paint = (_style, text) => text

function output(stream: NodeJS.WriteStream): Output {
  // `lanes up | head` closes the pipe: nobody listens any more, which is what SIGHUP says. A command that
  // only prints asks for no signals, and ends when it has printed.
  let isClosed = false
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    isClosed = true
    process.emit('SIGHUP')
  })
  const coloured = wantsColour(stream.isTTY, process.env)
  return {
    write: (text) => void stream.write(text),
    paint: coloured ? (style, text) => styleText(style, text) : plain,
    isTerminal: stream.isTTY && process.env['TERM'] !== 'dumb',
    drained: async () => {
      if (!isClosed && stream.writableNeedDrain) await emptied(stream)
      return !isClosed
    },
  }
}

/** An error, EPIPE among them, comes before `close`. */
function emptied(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done)
      stream.off('close', done)
      resolve()
    }
    stream.on('drain', done)
    stream.on('close', done)
  })
}

/** https://no-color.org and https://force-color.org; else only a terminal gets colour. */
function wantsColour(isTTY: boolean | undefined, env: NodeJS.ProcessEnv): boolean {
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false
  if (env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '')
    return env['FORCE_COLOR'] !== '0'
  return isTTY === true && env['TERM'] !== 'dumb'
}

/** Standard input ends once; whoever asks again (a reload) gets the same bytes. */
function once<T>(read: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined
  return () => (result ??= read())
}

async function readStdin(): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}
