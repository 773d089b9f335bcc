import { BreakglassError } from '@breakglass/core/errors'
import { isLoopback } from '../loopback.ts'

const channelsMax = 100

/** Where the server may post, by the name that the program uses for it. The addresses are secrets: who knows one can post there. */
export type Channels = ReadonlyMap<string, URL>

/**
 * Reads docs/operations.md "A chat": a line each, `<channel> <address>`. An address is https, or http on this machine.
 * Nothing of an address is ever repeated in an error.
 *
 * @throws BreakglassError `usage`, with the line's number
 */
export function parseChannels(text: string): Channels {
  const channels = new Map<string, URL>()
  for (const [at, line] of text.split('\n').entries()) {
    const [name, address, ...rest] = line.trim().split(/\s+/)
    if (name === undefined || name === '') continue
    const url = address !== undefined && URL.canParse(address) ? new URL(address) : undefined
    if (url === undefined || rest.length > 0) throw wrong(at, 'a channel and an address, with a space between them')
    const isPrivate = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))
    if (!isPrivate) throw wrong(at, 'an https address: the report and the address itself would travel in the clear')
    if (channels.has(name)) throw wrong(at, `the channel ${JSON.stringify(name.slice(0, 80))} once`)
    channels.set(name, url)
  }
  if (channels.size <= channelsMax) return channels
  throw new BreakglassError('usage', `--chat-file: expected at most ${channelsMax} channels, found ${channels.size}.`)
}

const wrong = (at: number, expected: string) =>
  new BreakglassError('usage', `--chat-file, line ${at + 1}: expected ${expected}.`)
