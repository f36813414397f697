/** No connection came about in time. */
export class ConnectTimeoutError extends Error {
  override name = 'ConnectTimeoutError' as const
}

/** What an upstream sent is no HTTP/1.1 (RFC 9112), or more of it than is taken. */
export class ProtocolError extends Error {
  override name = 'ProtocolError' as const
}

/** A request holds what HTTP/1.1 cannot carry; nothing of it was sent. */
export class UnsendableError extends Error {
  override name = 'UnsendableError' as const
}
