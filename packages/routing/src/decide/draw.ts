/** Draws one of several by weight; the first with a weight for the draw 0. null: there is none. */
export function draw<T extends { readonly weight: number }>(
  choices: readonly T[],
  random: () => number,
): T | null {
  const [only] = choices
  if (choices.length <= 1) return only ?? null
  let total = 0
  for (const { weight } of choices) total += weight
  let left = Math.floor(random() * total)
  for (const choice of choices) {
    if (left < choice.weight) return choice
    left -= choice.weight
  }
  return only ?? null
}
