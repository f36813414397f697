import { child, isPresent, readEntries, readList, readText } from '../../manifest/read.ts'
import type { Field } from '../../manifest/read.ts'
import { parseDuration } from '../duration.ts'
import { compileRegex } from '../regex.ts'
import { isStatus } from '../retries.ts'
import { isClaim } from '../route-match.ts'
import { checkDestination, checkWeights } from './destination.ts'
import { checkDuration } from './durations.ts'
import { checkGatewayNames } from './gateway-names.ts'
import { isHeaderValue } from './header-value.ts'
import { checkLabels, checkPort, isLabel } from './names.ts'
import { isFilled, numberOf, say, textOf } from './say.ts'

/** Whose rule it is. */
export interface RuleKeeper {
  readonly isDelegate: boolean
  /** Whether claims of a token can be matched: at gateways only. */
  readonly mayMatchClaims: boolean
}

/** Checks an `http[]` entry (istio: pkg/config/validation/virtualservice.go, validateHTTPRoute). */
export function checkHttpRoute(field: Field, { isDelegate, mayMatchClaims }: RuleKeeper): void {
  if (!isDelegate && isPresent(child(field, 'delegate'))) checkRoot(field)
  else checkActions(field, isDelegate)
  for (const match of readList(child(field, 'match'))) checkMatch(match, mayMatchClaims)
  checkHeaders(child(field, 'headers'))
  checkCors(child(field, 'corsPolicy'))
  checkFault(child(field, 'fault'))
  checkDestination(child(field, 'mirror'))
  for (const mirror of readList(child(field, 'mirrors'))) {
    checkDestination(child(mirror, 'destination'))
  }
  checkRedirect(child(field, 'redirect'))
  const status = child(child(field, 'directResponse'), 'status')
  if (isPresent(child(field, 'directResponse'))) checkStatus(status)
  checkRetries(child(field, 'retries'))
  checkRewrite(child(field, 'rewrite'))
  checkAuthority(field)
  const route = child(field, 'route')
  for (const one of readList(route)) {
    checkHeaders(child(one, 'headers'))
    checkDestination(child(one, 'destination'))
  }
  checkWeights(route)
  checkDuration(child(field, 'timeout'))
}

function checkRoot(field: Field): void {
  for (const key of ['redirect', 'route']) {
    if (isFilled(child(field, key))) say(child(field, key), 'may not stand beside a delegate')
  }
}

function checkActions(field: Field, isDelegate: boolean): void {
  if (isDelegate && isPresent(child(field, 'delegate'))) {
    say(child(field, 'delegate'), 'may not stand in a delegate')
  }
  const has = (key: string): boolean => isFilled(child(field, key))
  const action = ['redirect', 'directResponse'].find(has)
  if (action === undefined) {
    if (!has('route')) say(field, 'needs one of `route`, `redirect` and `directResponse`')
  } else {
    for (const key of ['route', 'fault', 'rewrite', 'directResponse']) {
      if (key !== action && has(key)) say(child(field, key), `may not stand beside \`${action}\``)
    }
  }
  if (has('mirror') && has('mirrors')) say(child(field, 'mirrors'), 'may not stand beside `mirror`')
}

function checkMatch(field: Field, mayMatchClaims: boolean): void {
  for (const key of ['headers', 'withoutHeaders']) {
    for (const [name, entry] of readEntries(child(field, key))) {
      if (!mayMatchClaims && isClaim(name)) {
        say(entry, 'matches a claim of a token, which only gateways can')
      }
      if (!isMatchableHeader(name)) say(entry, 'is no name of a header')
      if (key === 'headers' || textOf(child(entry, 'regex')) !== '*') checkText(entry)
    }
  }
  checkPattern(child(field, 'uri'))
  for (const key of ['scheme', 'method', 'authority']) checkText(child(field, key))
  for (const [, entry] of readEntries(child(field, 'queryParams'))) checkText(entry)
  if (numberOf(child(field, 'port')) !== 0) checkPort(child(field, 'port'))
  checkLabels(child(field, 'sourceLabels'))
  checkGatewayNames(child(field, 'gateways'))
  const namespace = child(field, 'sourceNamespace')
  if (textOf(namespace) !== '' && !isLabel(textOf(namespace))) {
    say(namespace, 'is no name of a namespace')
  }
}

function isMatchableHeader(name: string): boolean {
  return isClaim(name) || pseudoHeaders.has(name) || headerName.test(name)
}

/** A condition on a text, whose prefix Envoy does not let be empty; but of a path it does. */
function checkText(field: Field): void {
  const prefix = child(field, 'prefix')
  if (prefix.value === '') say(prefix, 'must not be empty')
  checkPattern(field)
}

function checkPattern(field: Field): void {
  const regex = child(field, 'regex')
  if (!isPresent(regex)) return
  if (textOf(regex) === '') say(regex, 'must not be empty')
  else checkRegex(regex)
}

function checkRegex(field: Field): void {
  const compiled = compileRegex(textOf(field))
  if ('refused' in compiled) say(field, `is no pattern of RE2: ${compiled.refused}`)
}

function checkHeaders(field: Field): void {
  for (const side of ['request', 'response']) {
    const operations = child(field, side)
    for (const key of ['set', 'add']) {
      for (const [name, entry] of readEntries(child(operations, key))) {
        const isAllowed = side === 'request' && isAuthority(name)
        if (!isAllowed && !isChangeable(name)) say(entry, 'is no header that can be changed')
        if (!isHeaderValue(textOf(entry))) say(entry, 'is no value that Envoy can read')
      }
    }
    for (const entry of readList(child(operations, 'remove'))) {
      if (!isChangeable(textOf(entry))) say(entry, 'is no header that can be removed')
    }
  }
}

function isChangeable(name: string): boolean {
  return name !== '' && !name.startsWith(':') && name.toLowerCase() !== 'host'
}

function isAuthority(name: string): boolean {
  return [':authority', 'host'].includes(name.toLowerCase())
}

/** The Host can be set in one place only. */
function checkAuthority(field: Field): void {
  const request = child(child(field, 'headers'), 'request')
  let known = textOf(child(child(field, 'rewrite'), 'authority'))
  for (const key of ['set', 'add']) {
    for (const [name, entry] of readEntries(child(request, key))) {
      if (!isAuthority(name)) continue
      if (known !== '')
        return say(entry, `sets the Host, which is ${JSON.stringify(known)} already`)
      known = textOf(entry)
    }
  }
}

function checkCors(field: Field): void {
  for (const origin of readList(child(field, 'allowOrigins'))) {
    const texts = ['exact', 'prefix', 'regex'].map((key) => textOf(child(origin, key)))
    if (texts.every((text) => text === '')) say(origin, 'must not be empty')
    else checkPattern(origin)
  }
  for (const method of readList(child(field, 'allowMethods'))) {
    if (!corsMethods.has(textOf(method))) say(method, 'is no method of HTTP')
  }
  for (const key of ['allowHeaders', 'exposeHeaders']) {
    for (const name of readList(child(field, key))) {
      if (textOf(name) !== '*' && !headerName.test(textOf(name))) {
        say(name, 'is no name of a header')
      }
    }
  }
  const age = child(field, 'maxAge')
  checkDuration(age)
  const ms = parseDuration(textOf(age))
  if (ms !== null && ms % 1000 !== 0) say(age, 'must be whole seconds')
}

function checkFault(field: Field): void {
  if (!isPresent(field)) return
  const abort = child(field, 'abort')
  const delay = child(field, 'delay')
  if (!isPresent(abort) && !isPresent(delay)) say(field, 'needs an `abort` or a `delay`')
  for (const one of [abort, delay]) checkPercentage(child(child(one, 'percentage'), 'value'))
  const grpc = child(abort, 'grpcStatus')
  if (isPresent(grpc)) {
    if (!grpcStatuses.has(textOf(grpc))) say(grpc, 'is no status of gRPC, such as NOT_FOUND')
  } else if (isPresent(child(abort, 'http2Error'))) {
    say(child(abort, 'http2Error'), 'is not supported')
  } else if (isPresent(child(abort, 'httpStatus'))) {
    checkStatus(child(abort, 'httpStatus'))
  }
  checkDuration(child(delay, 'fixedDelay'))
  const exponential = child(delay, 'exponentialDelay')
  if (isPresent(exponential)) say(exponential, 'is not supported')
}

function checkPercentage(field: Field): void {
  const value = numberOf(field)
  if (value < 0 || value > 100 || (value > 0 && value < leastPercentage)) {
    say(field, `must be 0 or from ${leastPercentage} to 100, got ${value}`)
  }
}

function checkStatus(field: Field): void {
  const status = numberOf(field)
  if (status < 200 || status > 600) say(field, `must be a status from 200 to 599, got ${status}`)
}

function checkRedirect(field: Field): void {
  if (!isPresent(field)) return
  const written = ['uri', 'authority', 'scheme'].some((key) => textOf(child(field, key)) !== '')
  if (!written && !['port', 'derivePort'].some((key) => isPresent(child(field, key)))) {
    say(field, 'needs a `uri`, an `authority`, a `scheme` or a `port`')
  }
  const code = numberOf(child(field, 'redirectCode'))
  if (code !== 0 && (code < 300 || code > 399)) {
    say(child(field, 'redirectCode'), `must be from 300 to 399, got ${code}`)
  }
  const scheme = child(field, 'scheme')
  if (!['', 'http', 'https'].includes(textOf(scheme))) say(scheme, 'must be http or https')
  if (numberOf(child(field, 'port')) > 0) checkPort(child(field, 'port'))
}

function checkRetries(field: Field): void {
  if (!isPresent(field)) return
  const attempts = child(field, 'attempts')
  if (numberOf(attempts) < 0) say(attempts, 'must not be negative')
  const retryOn = child(field, 'retryOn')
  const isSet =
    textOf(retryOn) !== '' ||
    ['perTryTimeout', 'retryRemoteLocalities'].some((key) => isPresent(child(field, key)))
  if (numberOf(attempts) === 0 && isSet) say(field, 'must have no more than `attempts: 0`')
  checkDuration(child(field, 'perTryTimeout'))
  checkDuration(child(field, 'backoff'))
  const text = readText(retryOn)
  for (const word of text === null ? [] : text.split(',')) {
    if (!retryOnWords.has(word) && !isStatus(/^[-+]?\d+$/.test(word) ? Number(word) : 0)) {
      say(retryOn, `has no meaning for ${JSON.stringify(word)}: write words and commas, no spaces`)
    }
  }
}

function checkRewrite(field: Field): void {
  if (!isPresent(field)) return
  const regex = child(field, 'uriRegexRewrite')
  const uri = textOf(child(field, 'uri'))
  if (uri !== '' && isPresent(regex)) say(regex, 'may not stand beside `uri`')
  if (uri === '' && !isPresent(regex) && textOf(child(field, 'authority')) === '') {
    say(field, 'needs a `uri`, a `uriRegexRewrite` or an `authority`')
  }
  if (!isPresent(regex)) return
  const match = child(regex, 'match')
  if (textOf(match) === '' || textOf(child(regex, 'rewrite')) === '') {
    say(regex, 'needs both `match` and `rewrite`')
  } else checkRegex(match)
}

/** Istio: validatePercentage. */
const leastPercentage = 0.0001

const headerName = /^[-!#$%&'*+.^_`|~A-Za-z\d]+$/
const pseudoHeaders = new Set([':method', ':scheme', ':authority', ':path', ':status'])
const corsMethods = new Set(
  ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE'].concat('*'),
)

/** What Envoy can be told to retry on (istio: supportedRetryOnPolicies). */
const retryOnWords = new Set([
  '5xx',
  'gateway-error',
  'reset',
  'reset-before-request',
  'connect-failure',
  'retriable-4xx',
  'refused-stream',
  'retriable-status-codes',
  'retriable-headers',
  'envoy-ratelimited',
  'http3-post-connect-failure',
  'cancelled',
  'deadline-exceeded',
  'internal',
  'resource-exhausted',
  'unavailable',
])

const grpcStatuses = new Set([
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
])
