import { styleText } from 'node:util'

/** The process, as far as a command touches it; a test passes its own. */
export interface Io {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  readonly stdout: Output
  readonly stderr: Output
  /** Reads standard input to its end. */
  readonly stdin: () => Promise<Uint8Array>
}

/** One of the two output streams. */
interface Output {
  /** Writes text as it is; the caller ends its lines. */
  readonly write: (text: string) => void
  /** Colours the text where the stream wants colour, else returns it unchanged. */
  readonly paint: Paint
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
  }
}

function output(stream: NodeJS.WriteStream): Output {
  // `lanes up | head` closes the pipe: nobody listens any more, which is what SIGHUP says.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.emit('SIGHUP')
  })
  const coloured = wantsColour(stream.isTTY, process.env)
  return {
    write: (text) => void stream.write(text),
    paint: coloured ? (style, text) => styleText(style, text) : (_style, text) => text,
  }
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
