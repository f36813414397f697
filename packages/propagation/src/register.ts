import { subscribe } from 'node:diagnostics_channel'
import { describeDecision } from './debug.ts'
import { decisions } from './decisions.ts'
import { shareDefault } from './default.ts'
import { readEnvironment } from './environment.ts'
import { install } from './install.ts'
import { createPropagator } from './create-propagator.ts'

// For `node --import @traffic-lanes/propagation/register app.js`. A preload must not end the app.
try {
  const { options, trail, debug, mistakes } = readEnvironment(process.env)
  for (const mistake of mistakes) say(mistake)
  if (debug) subscribe(decisions.name, (decision) => say(describeDecision(decision)))
  shareDefault(createPropagator(options))
  install(trail === undefined ? {} : { trail })
} catch (error) {
  say(`Cannot install the lanes, the app runs without them: ${String(error)}`)
}

function say(sentence: string): void {
  try {
    process.stderr.write(`traffic-lanes: ${sentence}\n`)
  } catch {
    // Nobody can be told.
  }
}
