import { connect } from 'node:net'
import type { OnReadOpts, Socket, TcpNetConnectOpts } from 'node:net'
import { after } from '../timer.ts'
import { ConnectTimeoutError } from './errors.ts'
import type { ResponseHandler, UpstreamRequest } from './exchange.ts'
import { ResponseParser } from './response-parser.ts'

// Istio's default connectTimeout (MeshConfig): 10 s.
const CONNECT_TIMEOUT = 10_000

// TCP's own keep-alive, so that a peer that is gone without a word is noticed some day.
const PROBE_DELAY = 60_000

const READ_SIZE = 65_536

/** What becomes of a connection concerns whoever holds it. */
export interface ConnectionOwner {
  /** The connection may take another request. */
  released(connection: Connection): void
  /** It takes none any more: it has closed, or was turned over to another protocol. */
  gone(connection: Connection): void
}

/** A connection to an endpoint, and the one request that is on it. */
export class Connection {
  /** When it was released, as of `performance.now()`, and for how many milliseconds it may rest. */
  releasedAt = 0
  keepAlive = 0
  readonly #owner: ConnectionOwner
  readonly #socket: Socket
  readonly #parser = new ResponseParser()
  readonly #timer: NodeJS.Timeout
  #request: UpstreamRequest | null = null
  #handler: ResponseHandler | null = null
  #isConnected = false
  #isPaused = false
  #isRequestComplete = true
  #error: Error | null = null

  /** @param isTurnedOver whether it is for a request that switches protocols. */
  constructor(owner: ConnectionOwner, address: string, port: number, isTurnedOver: boolean) {
    this.#owner = owner
    const options: TcpNetConnectOpts = {
      host: address,
      port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: PROBE_DELAY,
    }
    const read = (chunk: Buffer): void => this.#read(chunk)
    // One buffer for all reads costs less than a new one each; but a tunnel has to be a whole stream.
    const socket = connect(isTurnedOver ? options : { ...options, onread: readInto(read) })
    if (isTurnedOver) socket.on('data', read)
    this.#socket = socket
    socket.on('connect', () => this.#connected())
    socket.on('drain', () => this.#request?.body?.resume())
    socket.on('end', () => this.#ended())
    socket.on('error', (error) => (this.#error ??= error))
    socket.on('close', () => this.#closed())
    this.#timer = after(CONNECT_TIMEOUT, () =>
      socket.destroy(new ConnectTimeoutError(`no connection to ${address}:${port} in time`)),
    )
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed && this.#socket.readable && this.#socket.writable
  }

  /**
   * Sends a request, once connected.
   *
   * @param head what `writeRequestHead` made of it.
   */
  send(request: UpstreamRequest, head: string, handler: ResponseHandler): void {
    this.#request = request
    this.#handler = handler
    this.#isRequestComplete = request.body === null
    this.#parser.begin(request.method, request.upgrade)
    handler.connection = this
    if (this.#isConnected) this.#write(head, request, handler)
    else this.#socket.once('connect', () => this.#write(head, request, handler))
  }

  /** Gives up the request of this handler, if it is still on the way. */
  cancel(handler: ResponseHandler): void {
    if (this.#handler === handler) this.destroy()
  }

  /** Reads no more until `resume`: the response's client is slower. */
  pause(): void {
    this.#isPaused = true
    this.#socket.pause()
  }

  resume(): void {
    this.#isPaused = false
    this.#socket.resume()
  }

  /** Closes it now. Its handler hears nothing of that. */
  destroy(): void {
    this.#take()
    this.#socket.destroy()
  }

  /** Resolves when it has closed. */
  async closed(): Promise<void> {
    if (!this.#socket.closed) {
      await new Promise<void>((resolve) => this.#socket.once('close', () => resolve()))
    }
  }

  #connected(): void {
    clearTimeout(this.#timer)
    this.#isConnected = true
  }

  #write(head: string, request: UpstreamRequest, handler: ResponseHandler): void {
    if (this.#handler !== handler) return
    handler.onSend()
    const { body } = request
    if (body === null) {
      this.#socket.write(head, 'latin1')
      return
    }
    // What has come of the body leaves with the head.
    this.#socket.cork()
    this.#socket.write(head, 'latin1')
    body.open({
      write: (chunk) => this.#writeBody(chunk, body.isChunked),
      end: () => {
        if (this.#handler !== handler) return
        this.#isRequestComplete = true
        if (body.isChunked) this.#socket.write('0\r\n\r\n', 'latin1')
      },
    })
    process.nextTick(uncork, this.#socket)
  }

  #writeBody(chunk: Buffer, isChunked: boolean): boolean {
    const socket = this.#socket
    if (!isChunked) return socket.write(chunk)
    socket.cork()
    socket.write(`${chunk.length.toString(16)}\r\n`, 'latin1')
    socket.write(chunk)
    const isTaken = socket.write('\r\n', 'latin1')
    socket.uncork()
    return isTaken
  }

  #read(chunk: Buffer): void {
    const handler = this.#handler
    // Nobody asked for this: it must not become the answer to the next request.
    if (handler === null) {
      this.#socket.destroy()
      return
    }
    let rest: number
    try {
      rest = this.#parser.read(chunk, handler)
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)))
      return
    }
    if (this.#handler !== handler) return
    if (!this.#parser.isOver) handler.onWait()
    else if (this.#parser.head?.status === 101) this.#turnOver(handler, chunk, rest)
    else this.#finish(rest === 0)
  }

  #finish(isClean: boolean): void {
    const isReusable =
      isClean && this.#isRequestComplete && this.#request?.upgrade === null && this.isOpen
    this.keepAlive = isReusable ? (this.#parser.head?.keepAlive ?? 0) : 0
    this.#take()
    if (this.keepAlive === 0) {
      this.#socket.destroy()
      return
    }
    // The client may still have to take the end; the connection has nothing more for it.
    if (this.#isPaused) this.resume()
    this.#owner.released(this)
  }

  #turnOver(handler: ResponseHandler, chunk: Buffer, rest: number): void {
    const { head } = this.#parser
    const socket = this.#socket
    this.#take()
    this.#owner.gone(this)
    for (const event of ['data', 'drain', 'end', 'error', 'close']) socket.removeAllListeners(event)
    socket.pause()
    if (rest > 0) socket.unshift(chunk.subarray(chunk.length - rest))
    if (head !== null) handler.onUpgrade(head, socket)
  }

  #ended(): void {
    const handler = this.#handler
    if (handler === null) {
      this.#socket.destroy()
      return
    }
    this.#parser.readEnd(handler)
    if (this.#parser.isOver) this.#finish(false)
    else this.#fail(new Error('the upstream closed the connection'))
  }

  #closed(): void {
    clearTimeout(this.#timer)
    this.#owner.gone(this)
    this.#fail(this.#error ?? new Error('the connection was closed'))
  }

  #fail(error: Error): void {
    const handler = this.#take()
    this.#socket.destroy()
    handler?.onError(error)
  }

  /** Lets go of the request. */
  #take(): ResponseHandler | null {
    const handler = this.#handler
    this.#handler = null
    this.#request = null
    if (handler !== null) handler.connection = null
    return handler
  }
}

function readInto(read: (chunk: Buffer) => void): OnReadOpts {
  const buffer = Buffer.allocUnsafeSlow(READ_SIZE)
  return {
    buffer,
    callback: (length) => {
      read(buffer.subarray(0, length))
      return true
    },
  }
}

function uncork(socket: Socket): void {
  socket.uncork()
}
