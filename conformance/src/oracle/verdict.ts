import type { Answer, NoAnswer } from '../answer.ts'

/** What istiod's code says of a world. */
export interface Verdict {
  readonly id: string
  /** What the API server or istiod's webhook refuses in the manifests; null: nothing. */
  readonly rejected: string | null
  /** How istiod's own code failed on the world; null: it did not. */
  readonly crashed: string | null
  /** An answer for each request, in order; none where the world was rejected or crashed. */
  readonly answers: readonly (Answer | NoAnswer)[]
  /** Addresses that no manifest holds, and what each stands for: a Service's host, or a pod's workload. */
  readonly made: Readonly<Record<string, string>>
  /** What istiod sent each proxy, where the question asked for it. */
  readonly dump: readonly unknown[] | null
}
