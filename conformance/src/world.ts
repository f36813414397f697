/** A cluster's content, and requests that are sent in it. */
export interface World {
  readonly id: string
  readonly manifests: readonly Manifest[]
  /** MeshConfig as YAML; null: that of the ConfigMap among the manifests, else Istio's defaults. */
  readonly meshConfig: string | null
  readonly requests: readonly Question[]
}

export interface Manifest {
  readonly file: string
  readonly text: string
}

/** One request: a line of `lanes explain --batch`. Absent is null. */
export interface Question {
  /** `deployment/NAMESPACE/NAME`, `gateway/…`, …; or a proxy that stands in no manifest. */
  readonly from: string | DescribedProxy
  readonly method: string
  readonly url: string
  /** The Host header where it is not the URL's. */
  readonly host: string | null
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly http: '1.0' | '1.1' | '2'
  /** What the URL's host resolves to: an IP address, or a name of cluster DNS. */
  readonly address: string | null
}

export interface DescribedProxy {
  readonly type: 'sidecar' | 'router'
  readonly namespace: string
  readonly name?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly ip?: string
}
