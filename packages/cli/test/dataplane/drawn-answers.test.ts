import { request as httpRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { setImmediate as turn } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { expect, it } from 'vitest'
import { forwardTo } from './support/decisions.ts'
import { AnswerDraw } from './support/drawn-answer.ts'
import type { DrawnAnswer } from './support/drawn-answer.ts'
import { startHop, startTcp } from './support/servers.ts'

const COUNT = 80

/** What Node's client has of an answer; null where it is none, or not whole. */
interface Received {
  readonly status: number | undefined
  readonly body: string
  readonly trailers: readonly string[]
  readonly cookies: readonly string[] | undefined
}

/** An upstream, and a mesh before it, whose answers are given one by one. */
async function stage() {
  let next: DrawnAnswer = { bytes: Buffer.alloc(0), cuts: [] }
  const { endpoint, port, sockets } = await startTcp((socket) => {
    socket.once('data', () => {
      void (async () => {
        let at = 0
        for (const cut of next.cuts) {
          socket.write(next.bytes.subarray(at, cut))
          at = cut
          await turn()
        }
        socket.end()
      })()
    })
  })
  const hop = await startHop(forwardTo([endpoint]))
  return async (answer: DrawnAnswer) => {
    next = answer
    const received = { direct: await receive(port), relayed: await receive(hop.port) }
    // Its connections end without a word before: the next answer must not meet that.
    while (sockets.size > 0) await turn()
    return received
  }
}

function receive(port: number): Promise<Received | null> {
  return new Promise((resolve) => {
    const request = httpRequest({ port, host: '127.0.0.1', agent: false })
    request.on('error', () => resolve(null))
    request.on('response', (response) => {
      let body = ''
      response.setEncoding('latin1').on('data', (text: string) => (body += text))
      response.on('error', () => resolve(null))
      response.on('end', () => resolve(response.complete ? receivedOf(response, body) : null))
    })
    request.end()
  })
}

function receivedOf(response: IncomingMessage, body: string): Received | null {
  const { statusCode: status, headers, rawTrailers: trailers } = response
  if (headers['x-lanes-decision'] !== undefined) return null
  return { status, body, trailers, cookies: headers['set-cookie'] }
}

it('answers of many forms reach a client of the mesh as they would without it', async () => {
  const relay = await stage()
  const draw = new AnswerDraw(1)
  const unlike: unknown[] = []
  for (let i = 0; i < COUNT; i++) {
    const answer = draw.answer()
    const { direct, relayed } = await relay(answer)
    const isAlike = direct !== null && isDeepStrictEqual(direct, relayed)
    if (!isAlike) unlike.push([answer.bytes.toString('latin1'), direct, relayed])
  }
  expect(unlike).toEqual([])
})

it('damaged answers are refused or cut off, or reach a client as Node’s client reads them', async () => {
  const relay = await stage()
  const draw = new AnswerDraw(2)
  const unlike: unknown[] = []
  let refused = 0
  for (let i = 0; i < COUNT; i++) {
    const answer = draw.damagedAnswer()
    const { direct, relayed } = await relay(answer)
    if (relayed === null) refused += 1
    // Node takes bytes after the answer for a fault of the answer; here they only cost the connection.
    const isAlike = direct === null || relayed === null || isDeepStrictEqual(direct, relayed)
    if (!isAlike) unlike.push([answer.bytes.toString('latin1'), direct, relayed])
  }
  expect(unlike).toEqual([])
  expect(refused).toBeGreaterThan(COUNT / 10)
})
