import type { Answer as Explanation } from '@traffic-lanes/routing'

/** What becomes of one request: the part of an explanation that Istio and Envoy decide. */
export interface Answer extends Pick<
  Explanation,
  | 'listener'
  | 'routeConfig'
  | 'virtualHost'
  | 'outcome'
  | 'rewrite'
  | 'requestHeaders'
  | 'responseHeaders'
  | 'timeout'
  | 'retries'
  | 'mirrors'
  | 'fault'
> {
  readonly route: Pick<NonNullable<Explanation['route']>, 'index' | 'name'> | null
}

/** A request that makes no sense to the one who is asked. */
export interface NoAnswer {
  readonly error: string
}

export function isAnswer(given: Answer | NoAnswer): given is Answer {
  return !('error' in given)
}
