/** Promise.withResolvers, which Node 20 lacks. */
export function withResolvers<T>(): WithResolvers<T> {
  let settle: Omit<WithResolvers<T>, 'promise'> | undefined
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject }
  })
  // A promise runs its executor at once.
  if (settle === undefined) throw new TypeError('unreachable')
  return { promise, ...settle }
}

export interface WithResolvers<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
  readonly reject: (reason: unknown) => void
}
