import { type Flags, optional } from './command.ts'
import { LedgerError } from './errors.ts'
import type { Host } from './host.ts'
import { isLoopback, parseListen } from './listen.ts'
import type { Log } from './log.ts'

/** The flags of a command that serves. */
export const serveFlags = { listen: { type: 'string' }, 'allow-remote': { type: 'boolean' } } as const

/** `--listen`, on this machine only unless told otherwise. Codes: `bad_usage`, `remote_not_allowed`. */
export function addressFrom(flags: Flags): { host: string; port: number } {
  const address = parseListen(optional(flags, 'listen') ?? '127.0.0.1:0')
  if (isLoopback(address.host) || flags['allow-remote'] === true) return address
  const message = `${address.host} is not a loopback address, and this is plain HTTP. Put a TLS proxy in front`
  throw new LedgerError('remote_not_allowed', `${message}, or say --allow-remote when something else protects it`)
}

/** One JSON line on stderr an event. */
export function logTo({ now, err }: Host): Log {
  return event => err(JSON.stringify({ at: new Date(now()).toISOString(), ...event }))
}

/** How a process that serves comes to its end. */
export interface Ending {
  /** Of what is served: nothing may be closed in order then, and `wait` throws it. */
  onFatal: (error: LedgerError) => void
  /**
   * From now on it can be told to stop in order. To be called before the ready line: whoever has read that may send the
   * signal at once, and until then a signal kills.
   */
  heed(host: Host): void
  /** Why it was told to stop. */
  wait(): Promise<string>
}

export function ending(): Ending {
  const { promise, resolve } = Promise.withResolvers<{ why: string } | { fatal: LedgerError }>()
  return {
    onFatal: fatal => resolve({ fatal }),
    heed: host => host.onStop(why => resolve({ why })),
    async wait() {
      const end = await promise
      if ('fatal' in end) throw end.fatal
      return end.why
    },
  }
}
