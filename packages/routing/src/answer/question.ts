import type { Proxy, ProxyDescription } from '../compile/proxy.ts'
import type { Header, HttpVersion, Request } from '../decision.ts'

/** Where does this request go? A line of `lanes explain --batch`, read. */
export interface Question {
  /**
   * Who calls: `deployment/NAMESPACE/NAME`, `statefulset/…`, `pod/…`, `gateway/…`, `outside` (a client
   * without a proxy), or a proxy that stands in no manifest.
   */
  readonly from: string | ProxyDescription
  /** As the caller writes it: `http://testbbb.test-istio:32000/`. */
  readonly url: string
  /** Default: `GET`. */
  readonly method?: string
  readonly headers?: readonly Header[]
  /** The Host header, where it is not the URL's. */
  readonly host?: string
  /** Default: `1.1`. */
  readonly http?: HttpVersion
  /** What the URL's host resolves to, where that matters: an IP address. */
  readonly address?: string
  /** The port that is reached, where something in between maps the URL's to it. */
  readonly port?: number
}

/** A question that cannot be asked of this mesh. */
export class QuestionError extends Error {
  override name = 'QuestionError' as const
  /** The field that is wrong. */
  readonly field: 'from' | 'url'

  constructor(field: 'from' | 'url', message: string) {
    super(message)
    this.field = field
  }
}

/**
 * The request that a question is about. A router is reached at the port of the URL, whatever its address.
 *
 * @throws QuestionError where the URL is none of http, https, ws and wss.
 */
export function toRequest(question: Question, proxy: Proxy | null): Request {
  const { method = 'GET', url, headers = [], host, http, address } = question
  const { hostname, port: written } = parseUrl(url)
  const port = question.port ?? written
  return {
    method,
    url,
    headers: host === undefined ? headers : [['host', host], ...headers.filter(isNotHost)],
    destination:
      proxy?.type === 'gateway' && address === undefined
        ? { port }
        : { port, address: address ?? hostname },
    ...(http === undefined ? {} : { http }),
  }
}

function isNotHost([name]: Header): boolean {
  return name.toLowerCase() !== 'host'
}

const defaultPorts = new Map([
  ['http', 80],
  ['ws', 80],
  ['https', 443],
  ['wss', 443],
])

/** Scheme, host (an IPv6 address without its brackets), port (RFC 3986, section 3). */
const urlPattern =
  /^(https?|wss?):\/\/(?:[^/?#@]*@)?(?:\[([0-9a-f:.]+)\]|([^/?#@:[\]\s]+))(?::(\d{1,5}))?(?:[/?#]\S*)?$/i

function parseUrl(text: string): { hostname: string; port: number } {
  const [, scheme = '', ipv6, name = '', written] = urlPattern.exec(text) ?? []
  const port = written === undefined ? defaultPorts.get(scheme.toLowerCase()) : Number(written)
  if (port === undefined || port > 65_535) {
    throw new QuestionError(
      'url',
      `${JSON.stringify(text)} is no http:// or https:// URL; write it in full: http://testbbb:32000/`,
    )
  }
  return { hostname: ipv6 ?? name, port }
}
