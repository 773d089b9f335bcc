import { decodeUtf8, digestOf, encodeBase64, formatDigest, hashLeaf, msToInstant } from '@breakglass/verify'

/** What stands in the header of every message: RFC 5424 §6.2. */
export interface SyslogHeader {
  facility: number
  /** Printable ASCII without spaces; `hostnameOf` makes one. */
  hostname: string
  processId: number
  /** Milliseconds since 1970. */
  atMs: number
}

const severityNotice = 5
const appName = 'breakglass-ledger'

/**
 * One frame of RFC 5425 §4.3 with one message of RFC 5424. Printable ASCII throughout, so that characters are octets and
 * nothing in an entry can end the message. docs/formats/mirror.md "Syslog".
 */
export function entryFrame(
  header: SyslogHeader,
  entry: { origin: string; index: number; bytes: Uint8Array },
  messageBytesMax: number,
): string {
  const { origin, index, bytes } = entry
  const said = { v: 1, kind: 'entry', origin, index, leaf: formatDigest(hashLeaf(bytes)) }
  return frame(messageOf(header, 'entry', said, bytes, messageBytesMax))
}

export function checkpointFrame(
  header: SyslogHeader,
  checkpoint: { origin: string; size: number; root: Uint8Array; note: string },
  messageBytesMax: number,
): string {
  const { origin, size, root, note } = checkpoint
  const said = { v: 1, kind: 'checkpoint', origin, size, root: encodeBase64(root) }
  return frame(messageOf(header, 'checkpoint', said, Buffer.from(note, 'utf8'), messageBytesMax))
}

/** The name as RFC 5424 §6.2.4 takes it: the nil value when nothing of it is printable. */
export function hostnameOf(name: string): string {
  const printable = name.replaceAll(/[^\x21-\x7e]/g, '').slice(0, 255)
  return printable === '' ? '-' : printable
}

function messageOf(
  header: SyslogHeader,
  id: 'entry' | 'checkpoint',
  said: Record<string, unknown>,
  bytes: Uint8Array,
  bytesMax: number,
): string {
  const { facility, hostname, processId, atMs } = header
  const head = `<${facility * 8 + severityNotice}>1 ${msToInstant(atMs)} ${hostname} ${appName} ${processId} ${id} - `
  const text = decodeUtf8(bytes)
  const whole = text === undefined ? undefined : head + asciiJson({ ...said, length: bytes.length, text })
  if (whole !== undefined && whole.length <= bytesMax) return whole
  return head + asciiJson({ ...said, length: bytes.length, digest: digestOf(bytes) })
}

function frame(message: string): string {
  return `${message.length} ${message}`
}

/** JSON already escapes what lies below the space. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[\u007f-\uffff]/g,
    unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
