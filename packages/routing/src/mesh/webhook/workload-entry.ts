import { child, readEntries } from '../../manifest/read.ts'
import type { Field } from '../../manifest/read.ts'
import { isAddress } from '../address.ts'
import { checkLabels, checkPort, checkPortName, isFqdn } from './names.ts'
import { isFilled, say, textOf } from './say.ts'

/** What an entry must fit to. */
export interface EntryRules {
  /** The names of the ServiceEntry's ports; null: it stands alone. */
  readonly ports: ReadonlySet<string> | null
  /** Whether its address may be a name. */
  readonly mayBeName: boolean
}

/** Checks a WorkloadEntry or an endpoint (istio: pkg/config/validation, validateWorkloadEntry). */
export function checkWorkloadEntry(spec: Field, { ports, mayBeName }: EntryRules): void {
  const address = child(spec, 'address')
  const text = textOf(address)
  const written = child(spec, 'ports')
  if (text === '') {
    if (textOf(child(spec, 'network')) === '') return say(address, 'is missing')
  } else if (text.startsWith('unix://')) {
    if (!isSocketPath(text.slice('unix://'.length))) say(address, 'is no path of a socket')
    if (isFilled(written) && readEntries(written).length > 0) {
      say(written, 'may not stand beside a socket of Unix')
    }
    if (ports !== null && ports.size !== 1) say(address, 'needs a ServiceEntry with one port')
  } else if (!isAddress(text) && !(mayBeName && isFqdn(text))) {
    say(address, `must be an IP address${mayBeName ? ' or a host' : ''}`)
  }
  checkEntryPorts(written, ports)
  checkLabels(child(spec, 'labels'))
}

/** Checks the ports of an endpoint by their names. */
export function checkEntryPorts(field: Field, known: ReadonlySet<string> | null): void {
  for (const [name, port] of readEntries(field)) {
    if (known !== null && !known.has(name)) say(port, 'is no port of the ServiceEntry')
    checkPortName(port, name)
    checkPort(port)
  }
}

/** Whether it is a path, or the name of an abstract socket (istio: ValidateUnixAddress). */
export function isSocketPath(path: string): boolean {
  return path.startsWith('@') || (path.startsWith('/') && !path.endsWith('/'))
}
