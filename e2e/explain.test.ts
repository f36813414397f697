import { expect, it } from 'vitest'
import { lanes } from './lanes.ts'
import { readmeBlock } from './readme.ts'

it('lanes explain prints what README.md shows', async () => {
  const [, command = ''] = /^npx lanes (explain .*)$/m.exec(readmeBlock('--lane release-v9')) ?? []
  const { code, stdout, stderr } = await lanes(command.split(' ')).exited
  expect(stderr).toBe('')
  expect(code).toBe(0)
  expect(readmeBlock('passed over:')).toBe(stdout)
})
