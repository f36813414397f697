import type { Socket } from 'node:net'
import type { RequestBody } from '../body.ts'
import type { Connection } from './connection.ts'
import type { ResponseHead } from './response-head.ts'

/** A request as it goes to one endpoint. */
export interface UpstreamRequest {
  /** A host name, or an IP address without brackets. */
  readonly address: string
  readonly port: number
  readonly method: string
  readonly path: string
  /** The Host header's value; null for the endpoint's own address. */
  readonly host: string | null
  /** The other headers, flat: name, value, name, value, … A character stands for a byte. */
  readonly headers: readonly string[]
  readonly body: RequestBody | null
  /** The protocol that the connection is to be turned over to, null for none. */
  readonly upgrade: string | null
}

/** What hears of a response; either `onEnd`, `onUpgrade` or `onError` is the last call. */
export interface ResponseHandler {
  /** Set by the pool while a connection serves the request. */
  connection: Connection | null
  /** Whether nothing more is wanted: the request is then not sent any more. */
  readonly isCancelled: boolean
  /** The request's head leaves, on a connection that stands. */
  onSend(): void
  /** The final response's head. Informational ones (1xx) are not told of. */
  onHead(head: ResponseHead): void
  /** A part of the body, which is overwritten after the call. */
  onBody(chunk: Buffer): void
  /** All that has come was told of, and it was not the end. */
  onWait(): void
  /** @param trailers flat. */
  onEnd(trailers: readonly string[]): void
  /** The upstream switched protocols (101): the connection belongs to the handler from here on. */
  onUpgrade(head: ResponseHead, socket: Socket): void
  onError(error: Error): void
}
