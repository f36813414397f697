import type { Header, HttpVersion } from '../decision.ts'
import type { Diagnostic, Level } from '../diagnostic.ts'
import type { LintCode } from './codes.ts'
import type { Part } from './part.ts'

/** What `lanes lint` says about one place. */
export interface Finding extends Diagnostic {
  /** `TL004`, or Istio's own code: `IST0101`. A diagnostic that the table does not know keeps its name. */
  readonly code: string
  /** The code's name in kebab case: `no-baseline`. */
  readonly name: string
  /** A request that goes wrong because of it, as the engine decides it; null where none does. */
  readonly request: ExampleRequest | null
}

/** A request that `lanes explain` can be asked about. */
export interface ExampleRequest {
  /** Who calls: `deployment/NAMESPACE/NAME`, `gateway/NAMESPACE/NAME` or `outside`. */
  readonly from: string
  readonly method: string
  readonly url: string
  /** The value of the lane header; null: the request has none. */
  readonly lane: string | null
  /** The other headers. */
  readonly headers: readonly Header[]
  /** What the client speaks; null: 1.1. */
  readonly http: HttpVersion | null
  /** What becomes of it, in a few words: `503 NC`, `outbound|80||shop.default.svc.cluster.local`. */
  readonly outcome: string
}

/** What a check reports. */
export interface Reported {
  readonly code: LintCode
  readonly at: Part
  /** Sentences without the resource's name, which is put before: the facts, then the cure. */
  readonly message: string
  /** Default: the code's own. */
  readonly level?: Level
  readonly request?: ExampleRequest | null
  /** Points at the key that names the part. Default: at the value. */
  readonly key?: boolean
}

/** Takes what a check reports. */
export type ReportFinding = (reported: Reported) => void
