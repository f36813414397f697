/**
 * The URL that a target of gRPC stands for, to be judged (gRPC Name Resolution): `dns:///host:port` and
 * `dns://resolver/host:port`, `dns:host:port`, `ipv4:address:port`, `ipv6:[address]:port`, or the host alone.
 * Empty for a scheme that names no host, `unix` say, or several.
 */
export function grpcUrl(target: string): string {
  const [, scheme = '', rest = target] =
    /^(dns|ipv4|ipv6|unix|unix-abstract|xds):(.*)$/i.exec(target) ?? []
  if (!['', 'dns', 'ipv4', 'ipv6'].includes(scheme.toLowerCase())) return ''
  const endpoint = rest.replace(/^\/\/[^/]*\//, '')
  return /^[^\s/?#@\\,]+$/.test(endpoint) ? `http://${endpoint}/` : ''
}
