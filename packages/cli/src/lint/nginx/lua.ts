/**
 * The same text with a blank for each character of openresty's `…_by_lua_block { … }`, so that places stay.
 * Braces in Lua's strings and comments do not count.
 */
export function withoutLua(text: string): string {
  let result = ''
  let copied = 0
  for (const { index, 0: opening } of text.matchAll(/_by_lua_block\s*\{/g)) {
    const start = index + opening.length
    if (start <= copied) continue
    const end = endOfBlock(text, start)
    result += text.slice(copied, start) + text.slice(start, end).replaceAll(/[^\n]/g, ' ')
    copied = end
  }
  return result + text.slice(copied)
}

/** Where the brace stands that closes the block whose inside begins at `start`. */
function endOfBlock(text: string, start: number): number {
  let depth = 1
  lua.lastIndex = start
  for (let found = lua.exec(text); found !== null; found = lua.exec(text)) {
    if (found[0] === '{') depth += 1
    else if (found[0] === '}') depth -= 1
    if (depth === 0) return found.index
  }
  return text.length
}

/** Comments and strings as a whole, and braces. */
const lua =
  /--\[\[[\s\S]*?\]\]|--[^\n]*|\[\[[\s\S]*?\]\]|"(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*'|[{}]/g
