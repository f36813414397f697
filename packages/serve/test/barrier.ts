/** A promise and the function that resolves it (Promise.withResolvers came with Node 22). */
export interface Barrier {
  readonly passed: Promise<void>
  readonly open: () => void
}

const nothing = (): void => {}

export function barrier(): Barrier {
  let open = nothing
  const passed = new Promise<void>((resolve) => (open = resolve))
  return { passed, open }
}
