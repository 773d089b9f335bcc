import { resolve } from 'node:path'
import { type Command, required } from './command.ts'
import { messageOf } from './errors.ts'
import { collectGarbage } from './gc/collect-garbage.ts'
import { exit, type Host } from './host.ts'
import { serveLedger } from './http.ts'
import { openLedger } from './ledger.ts'
import type { Log } from './log.ts'
import { addressFrom, ending, logTo, serveFlags } from './serving.ts'

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
  flags: { dir: { type: 'string' }, ...serveFlags, 'record-reads': { type: 'boolean' } },
  async run(flags, host) {
    const dir = resolve(required(flags, 'dir'))
    const options = { ...addressFrom(flags), recordReads: flags['record-reads'] === true }
    return await serve(dir, options, host)
  },
}

async function serve(
  dir: string,
  options: { host: string; port: number; recordReads: boolean },
  host: Host,
): Promise<number> {
  const { now, out } = host
  const log = logTo(host)
  const end = ending()
  const ledger = await openLedger({ dir, now, log, onFatal: end.onFatal })
  const server = await serveLedger(ledger, { ...options, now, log }).catch(async (error: unknown) => {
    await ledger.close()
    throw error
  })
  const tidying = setInterval(() => tidy(dir, log), tidyEveryMs)
  const { origin, vkey } = ledger
  end.heed(host)
  out(JSON.stringify({ ready: true, url: server.url, origin, vkey, size: ledger.checkpoint().size }))
  // After a fatal error nothing is closed in order: what is in memory is not to be trusted with another write, and the
  // lock goes with the process.
  const why = await end.wait().finally(() => clearInterval(tidying))
  log({ event: 'stopping', why })
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
