import { resolve } from 'node:path'
import { type Command, optional, required } from './command.ts'
import { LedgerError, messageOf } from './errors.ts'
import { collectGarbage } from './gc/collect-garbage.ts'
import { exit, type Host } from './host.ts'
import { serveLedger } from './http.ts'
import { openLedger } from './ledger.ts'
import { isLoopback, parseListen } from './listen.ts'
import type { Log } from './log.ts'

export const serveCommand: Command = {
  help: `breakglass-ledger serve --dir D [--listen HOST:PORT] [--allow-remote] [--record-reads]

Serves the ledger over plain HTTP and prints one JSON line when it is ready. One process at a time: it holds the
directory's lock. SIGTERM and SIGINT finish what was taken and end with 0. When started by a launcher with a channel,
it ends when that channel closes. Log lines are JSON on stderr, without secrets. Exit status 70: signing has
stopped (a disk that failed, a root that does not match, a lost lock, a clock that went back).

  --dir D             the ledger's directory, made by init
  --listen HOST:PORT  default 127.0.0.1:0, which picks a free port
  --allow-remote      listen on an address others can reach; put TLS in front, the credentials travel in the clear
  --record-reads      write down who reads what, below reads/ in the directory

  breakglass-ledger serve --dir /var/lib/breakglass-ledger --listen 127.0.0.1:8470
  breakglass-ledger serve --dir ./ledger`,
  flags: {
    dir: { type: 'string' },
    listen: { type: 'string' },
    'allow-remote': { type: 'boolean' },
    'record-reads': { type: 'boolean' },
  },
  async run(flags, host) {
    const dir = resolve(required(flags, 'dir'))
    const address = parseListen(optional(flags, 'listen') ?? '127.0.0.1:0')
    if (!isLoopback(address.host) && flags['allow-remote'] !== true) {
      const message = `${address.host} is not a loopback address, and this is plain HTTP. Put a TLS proxy in front`
      throw new LedgerError('remote_not_allowed', `${message}, or say --allow-remote when something else protects it`)
    }
    return await serve(dir, { ...address, recordReads: flags['record-reads'] === true }, host)
  },
}

async function serve(
  dir: string,
  address: { host: string; port: number; recordReads: boolean },
  host: Host,
): Promise<number> {
  const { now, out } = host
  const log = logTo(host)
  const ending = Promise.withResolvers<{ why: string } | { fatal: LedgerError }>()
  const ledger = await openLedger({ dir, now, log, onFatal: fatal => ending.resolve({ fatal }) })
  const server = await serveLedger(ledger, { ...address, now, log }).catch(async (error: unknown) => {
    await ledger.close()
    throw error
  })
  host.onStop(why => ending.resolve({ why }))
  const tidying = setInterval(() => tidy(dir, log), tidyEveryMs)
  const { origin, vkey } = ledger
  out(JSON.stringify({ ready: true, url: server.url, origin, vkey, size: ledger.checkpoint().size }))
  const end = await ending.promise
  clearInterval(tidying)
  // Nothing is closed in order then: what is in memory is not to be trusted with another write, and the lock goes with
  // the process.
  if ('fatal' in end) throw end.fatal
  log({ event: 'stopping', why: end.why })
  await server.close()
  await ledger.close()
  log({ event: 'stopped', size: ledger.checkpoint().size })
  return exit.ok
}

const tidyEveryMs = 3_600_000

/** Partial tiles that wider ones have replaced. That it could not be done harms nothing but the disk's room. */
function tidy(dir: string, log: Log): void {
  try {
    const { removed } = collectGarbage({ dir })
    log({ event: 'garbage_collected', files: removed.length })
  } catch (error) {
    log({ event: 'garbage_not_collected', message: messageOf(error) })
  }
}

function logTo({ now, err }: Host): Log {
  return event => err(JSON.stringify({ at: new Date(now()).toISOString(), ...event }))
}
