/** Why Istio does not take the value of an annotation; null: it does (istio: pkg/kube/inject/validate.go). */
export function invalidAnnotation(name: string, value: string): string | null {
  const rule = rules.get(name)
  return rule === undefined || rule.accepts(value)
    ? null
    : `must be ${rule.wanted}, not ${JSON.stringify(value)}`
}

interface Rule {
  readonly wanted: string
  readonly accepts: (value: string) => boolean
}

const isPort = (text: string): boolean => /^\d+$/.test(text.trim()) && Number(text) <= 65_535
const isPortList = (text: string): boolean =>
  text.trim() === '' || text.trim().split(',').every(isPort)
const isRangeList = (text: string): boolean => text === '' || text.split(',').every(isRange)

const whole: Rule = {
  wanted: 'a whole number',
  accepts: (value) => /^\d+$/.test(value) && Number(value) <= 4_294_967_295,
}
const ports: Rule = { wanted: 'ports with commas between', accepts: isPortList }
const quantity: Rule = {
  wanted: 'a quantity like 100m or 128Mi',
  accepts: (value) => /^[+-]?(\d+(\.\d*)?|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/.test(value),
}
const bool: Rule = {
  wanted: 'true or false',
  accepts: (value) => /^(1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/.test(value),
}

const rules: ReadonlyMap<string, Rule> = new Map([
  [
    'sidecar.istio.io/interceptionMode',
    {
      wanted: 'REDIRECT, TPROXY or NONE',
      accepts: (value) => ['REDIRECT', 'TPROXY', 'NONE'].includes(value),
    },
  ],
  ['status.sidecar.istio.io/port', { wanted: 'a port number', accepts: isPort }],
  ['readiness.status.sidecar.istio.io/initialDelaySeconds', whole],
  ['readiness.status.sidecar.istio.io/periodSeconds', whole],
  ['readiness.status.sidecar.istio.io/failureThreshold', whole],
  [
    'traffic.sidecar.istio.io/includeOutboundIPRanges',
    {
      wanted: '* or CIDR ranges with commas between',
      accepts: (value) => value === '*' || isRangeList(value),
    },
  ],
  [
    'traffic.sidecar.istio.io/excludeOutboundIPRanges',
    { wanted: 'CIDR ranges with commas between', accepts: isRangeList },
  ],
  [
    'traffic.sidecar.istio.io/includeInboundPorts',
    {
      wanted: '* or ports with commas between',
      accepts: (value) => value === '*' || isPortList(value),
    },
  ],
  ['traffic.sidecar.istio.io/excludeInboundPorts', ports],
  ['traffic.sidecar.istio.io/excludeOutboundPorts', ports],
  ['prometheus.istio.io/merge-metrics', bool],
  ['sidecar.istio.io/proxyCPU', quantity],
  ['sidecar.istio.io/proxyMemory', quantity],
  ['sidecar.istio.io/proxyCPULimit', quantity],
  ['sidecar.istio.io/proxyMemoryLimit', quantity],
])

/** Whether it is `10.0.0.0/8`, or the same of IPv6, whose digits are not looked at. */
function isRange(text: string): boolean {
  const [, address = '', bits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? []
  if (address.includes(':')) return /^[\da-fA-F:.]+$/.test(address) && Number(bits) <= 128
  const parts = address.split('.')
  return (
    parts.length === 4 &&
    parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255) &&
    Number(bits) <= 32
  )
}
