import type { Check } from '../../check.ts'
import type { GatewayView, ServerView } from '../../model/gateway.ts'
import { selects } from '../../../mesh/labels.ts'
import { Part } from '../../part.ts'

/** Browsers use one HTTP/2 connection for all hosts of a certificate: the second Gateway's answer 404. */
export const gatewayCertificates: Check = {
  codes: ['IST0138'],
  run(world, report) {
    const gateways = [...world.gateways().values()].filter(({ servers }) =>
      servers.some(({ part }) => part.get('tls').exists),
    )
    for (const gateway of gateways) {
      const twins = gateways.filter(
        (other) =>
          other !== gateway &&
          selects(gateway.selector, other.selector) &&
          gateway.servers.some((server) =>
            other.servers.some((one) => sameCertificate(server, one)),
          ),
      )
      for (const twin of twins) report(duplicate(gateway, twin))
    }
  },
}

function duplicate({ resource }: GatewayView, twin: GatewayView) {
  return {
    code: 'IST0138',
    at: Part.of(resource).get('metadata', 'name'),
    message: `has a certificate of Gateway ${twin.id} too: a browser that has a connection to one asks it for the hosts of the other and gets 404. Put their servers into one Gateway, or use a certificate each`,
  } as const
}

function sameCertificate({ part: a }: ServerView, { part: b }: ServerView): boolean {
  const [one, other] = [a.get('tls'), b.get('tls')]
  const same = (key: string) => {
    const { text } = one.get(key)
    return text !== null && text === other.get(key).text
  }
  if ([one, other].some((tls) => tls.get('credentialName').text !== null))
    return same('credentialName')
  return same('serverCertificate') && same('privateKey')
}
