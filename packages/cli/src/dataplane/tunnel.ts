import type { Socket } from 'node:net'

/**
 * Joins two connections: what one sends the other gets, at the pace of the slower side, half-closes
 * included. When one breaks, the other is reset.
 *
 * @param onEnd called once both are gone.
 */
export function joinSockets(left: Socket, right: Socket, onEnd: () => void): void {
  let open = 2
  const follow = (from: Socket, to: Socket): void => {
    const ended = (): void => {
      // Soon, not now: what has been read of the one may still be on its way to the other.
      to.destroySoon()
      open -= 1
      if (open === 0) onEnd()
    }
    from.on('error', () => to.resetAndDestroy())
    if (from.closed) ended()
    else from.once('close', ended)
    from.pipe(to)
  }
  follow(left, right)
  follow(right, left)
}
