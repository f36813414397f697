import { BAGGAGE } from './baggage.ts'
import { readHeader } from './carrier.ts'
import { choosePropagator } from './default.ts'
import type { PropagatorOption } from './default.ts'
import type { Propagator } from './propagator.ts'
import { guardRedirects } from './redirect-guard.ts'
import { show } from './show.ts'

/** As much of axios, or of an instance of it, as is needed; axios 0.27 and 1.x have it. */
export interface AxiosLike {
  readonly interceptors: {
    readonly request: {
      use(
        onFulfilled: <C>(config: C) => C,
        onRejected: undefined,
        options: { synchronous: boolean },
      ): number
      eject(id: number): void
    }
  }
}

/**
 * Makes the requests of axios, or of one instance of it, carry the lane of the scope that calls it, to
 * destinations that may have it. Instances of `axios.create()` do not inherit it. A header that the caller
 * set wins; the caller's objects stay as they are. Registered twice, it works once, until both are undone.
 *
 * The lane is taken at the call. Where it may go is judged last, after all interceptors, on the URL that is
 * then requested, and again at each redirect, whichever adapter follows it.
 *
 * @returns a function that removes it.
 * @throws TypeError where `axios` has no request interceptors or `propagator` is not a propagator.
 *
 * @example
 * import axios from 'axios'
 * import { registerInterceptor } from '@traffic-lanes/propagation/axios'
 *
 * const undo = registerInterceptor(axios)
 * await axios.get('http://testbbb.test-istio:32000/')
 */
export function registerInterceptor(axios: AxiosLike, options: PropagatorOption = {}): () => void {
  const propagator = choosePropagator(options)
  const interceptors = axios?.interceptors?.request
  if (typeof interceptors?.use !== 'function') {
    throw new TypeError(`Expected \`axios\` to be axios or an instance of it, got ${show(axios)}`)
  }
  const interceptor = <C>(config: C): C => addTransform(config, propagator)
  // One interceptor that is not synchronous makes axios wait before it calls the others.
  const id = interceptors.use(interceptor, undefined, { synchronous: true })
  return () => interceptors.eject(id)
}

/** As much of a request's config as is needed; axios makes it anew for each request. */
interface AxiosConfig {
  url?: string
  baseURL?: string
  allowAbsoluteUrls?: boolean
  method?: string
  headers?: object
  transformRequest?: Transform | readonly Transform[] | null
  beforeRedirect?: BeforeRedirect
}

// Only axios calls the interceptor, with a config of its own making.
function isConfig(config: unknown): config is AxiosConfig {
  return typeof config === 'object' && config !== null
}

type Transform = (this: AxiosConfig, data: unknown, headers: unknown) => unknown

type BeforeRedirect = (options: RedirectOptions, ...details: unknown[]) => void

/** What follow-redirects is about to request. */
interface RedirectOptions {
  href: string
  headers: Record<string, unknown>
}

/** Our own transforms, and the propagator that each belongs to. */
const transforms = new WeakMap<object, Propagator>()

/** What our own redirect hooks do. */
const hooks = new WeakMap<object, Hook>()

interface Hook {
  /** The caller's, which comes first. */
  readonly callers: BeforeRedirect | undefined
  readonly steps: ReadonlyMap<Propagator, Step>
}

/** What is done for one propagator. */
interface Step {
  readonly inject: Propagator['inject']
  /** The lane that was put on the request; undefined where the caller's own header, or none, went out. */
  readonly injected: string | undefined
}

// A transform, because it is the last that axios calls before the adapter: interceptors that run after ours
// may still change the URL. A config that already has one keeps it, and with it its lane: the interceptor
// is registered twice, or a finished request is sent again, from wherever a retry runs.
function addTransform<C>(config: C, propagator: Propagator): C {
  try {
    if (propagator.currentLane() === undefined || !isConfig(config)) return config
    const { transformRequest: given = [] } = config
    const present: readonly Transform[] = isList(given) ? given : given === null ? [] : [given]
    if (!present.some((transform) => transforms.get(transform) === propagator)) {
      config.transformRequest = [...present, createTransform(propagator)]
    }
  } catch {
    // A config that cannot be read or written goes on as it is.
  }
  return config
}

function isList(given: AxiosConfig['transformRequest']): given is readonly Transform[] {
  return Array.isArray(given)
}

function createTransform(propagator: Propagator): Transform {
  const lane = propagator.currentLane()
  const inject = propagator.bind(propagator.inject)
  function carryLane(this: AxiosConfig, data: unknown): unknown {
    try {
      const headers = copyHeaders(this.headers ?? {})
      const getter = (carrier: object, name: string): unknown =>
        readAxios(carrier, name, this.method)
      // Sent again: what looks like the caller's header is our own, and the URL may be another. The hook tells,
      // as axios-retry takes the transforms away.
      const earlier = stepOf(this.beforeRedirect, propagator)?.injected
      if (earlier !== undefined && readHeader(headers, propagator.header) === earlier) {
        // A baggage member that is our own counts as none that is set.
        const names = propagator.fields.filter((name) => name !== BAGGAGE)
        for (const name of names) removeHeader(headers, name)
      }
      const isInjected = inject(headers, { url: requestedUrl(this), getter })
      if (isInjected) guardRedirects(propagator)
      this.headers = headers
      const step = { inject, injected: isInjected ? lane : undefined }
      this.beforeRedirect = followLane(this.beforeRedirect, propagator, step)
    } catch {
      // A config that cannot be read or written goes on as it is.
    }
    return data
  }
  transforms.set(carryLane, propagator)
  return carryLane
}

function stepOf(hook: BeforeRedirect | undefined, propagator: Propagator): Step | undefined {
  return hook && hooks.get(hook)?.steps.get(propagator)
}

// The caller's hook comes first, so that ours has the last word on what it may have added.
function followLane(
  given: BeforeRedirect | undefined,
  propagator: Propagator,
  step: Step,
): BeforeRedirect {
  const before = given && hooks.get(given)
  const callers = before === undefined ? given : before.callers
  const steps = new Map(before?.steps).set(propagator, step)
  function beforeRedirect(this: unknown, options: RedirectOptions, ...details: unknown[]): void {
    if (callers) Reflect.apply(callers, this, [options, ...details])
    const headers = { ...options.headers }
    for (const [{ header, strip }, { inject }] of steps) {
      const isCarried = readHeader(headers, header) !== undefined
      if (isCarried) strip(headers, options.href)
      else inject(headers, { url: options.href })
    }
    options.headers = headers
  }
  hooks.set(beforeRedirect, { callers, steps })
  return beforeRedirect
}

// As buildFullPath does in axios. Old versions request a path without a host, and `//host/path`, from
// localhost and that host; new ones refuse them.
function requestedUrl({ url = '', baseURL = '', allowAbsoluteUrls }: AxiosConfig): string {
  const isAbsolute = /^([a-z][a-z\d+\-.]*:)?\/\//i.test(url)
  const useBase = baseURL !== '' && (!isAbsolute || allowAbsoluteUrls === false)
  return new URL(useBase ? joinPaths(baseURL, url) : url, 'http://localhost').href
}

function joinPaths(base: string, path: string): string {
  return path === '' ? base : `${base.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`
}

/** AxiosHeaders of axios 1.x. */
interface AxiosHeadersLike {
  has(name: string): boolean
  get(name: string): unknown
  delete(name: string): boolean
}

function isAxiosHeaders(headers: object): headers is AxiosHeadersLike {
  return 'has' in headers && typeof headers.has === 'function'
}

// An interceptor may have put headers there that it shares between requests. AxiosHeaders keeps them as
// properties of its own; its constructor takes an instance only since axios 1.2.
function copyHeaders(headers: object): object {
  const copy: object = Object.create(Object.getPrototypeOf(headers))
  return Object.assign(copy, headers)
}

// In axios 0.x, defaults wait in `common` and `get`, `post`, … until after the transforms.
function readAxios(headers: object, name: string, method = 'get'): unknown {
  if (isAxiosHeaders(headers)) return readHeader(headers, name)
  const layers: readonly unknown[] = [
    headers,
    Reflect.get(headers, method),
    Reflect.get(headers, 'common'),
  ]
  return layers.map((layer) => readHeader(layer, name)).find((value) => value !== undefined)
}

function removeHeader(headers: object, name: string): void {
  if (isAxiosHeaders(headers)) headers.delete(name)
  else Reflect.deleteProperty(headers, name)
}
