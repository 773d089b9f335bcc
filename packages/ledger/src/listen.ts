import { isIPv4, isIPv6 } from 'node:net'
import { LedgerError } from './errors.ts'

/** `HOST:PORT`, an IPv6 address in brackets. Code: `bad_usage`. */
export function parseListen(text: string): { host: string; port: number } {
  const [, bracketed, plain, portText = ''] = /^(?:\[([0-9a-f:.]+)\]|([^:[\]\s]+)):([0-9]{1,5})$/i.exec(text) ?? []
  const host = bracketed ?? plain
  const port = Number(portText)
  const sound = host !== undefined && port <= 65_535 && (bracketed === undefined || isIPv6(bracketed))
  if (!sound)
    throw new LedgerError('bad_usage', `expected --listen HOST:PORT such as 127.0.0.1:8470 or [::1]:0, found ${text}`)
  return { host, port }
}

/** Whether only this machine can reach it. A name other than localhost could resolve to anything. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
}
