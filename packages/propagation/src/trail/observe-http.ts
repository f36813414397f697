import { subscribe } from 'node:diagnostics_channel'
import { ClientRequest, IncomingMessage } from 'node:http'
import { urlOfClientRequest } from '../client-request.ts'
import { beginCall, TRAIL_HEADER } from './collector.ts'
import type { NoteAnswer } from './collector.ts'

/**
 * Looks at the answers of all requests of node:http and node:https (axios, got, superagent, …), each hop of a
 * redirect by itself. It changes nothing, and outside of the scope of a trail it costs a look-up.
 */
export function observeHttp(): void {
  if (isOn) return
  isOn = true
  // Node 22.12 tells of a request when it is made; before, the first moment is when its body is complete.
  for (const channel of ['http.client.request.created', 'http.client.request.start']) {
    subscribe(channel, quietly(noteRequest))
  }
  subscribe('http.client.response.finish', quietly(noteResponse))
}

let isOn = false

const notes = new WeakMap<ClientRequest, NoteAnswer | undefined>()

function noteRequest(message: object): void {
  const request: unknown = Reflect.get(message, 'request')
  if (!(request instanceof ClientRequest) || notes.has(request)) return
  notes.set(request, beginCall())
}

function noteResponse(message: object): void {
  const request: unknown = Reflect.get(message, 'request')
  const response: unknown = Reflect.get(message, 'response')
  if (!(request instanceof ClientRequest && response instanceof IncomingMessage)) return
  const note = notes.get(request)
  if (note === undefined) return
  note(urlOfClientRequest(request, request.getHeader('host')), response.headers[TRAIL_HEADER])
}

// A subscriber that throws would end the process.
function quietly(listener: (message: object) => void): (message: unknown) => void {
  return (message) => {
    try {
      listener(Object(message))
    } catch {
      // The trail lacks a hop.
    }
  }
}
