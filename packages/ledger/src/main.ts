import { randomBytes } from 'node:crypto'
import { cacheCompiledCode } from './code-cache.ts'
import type { Host } from './host.ts'

/** The one place that reads the clock, the arguments and the process. */
const host: Host = {
  now: () => Date.now(),
  random: bytes => randomBytes(bytes),
  out: line => void process.stdout.write(`${line}\n`),
  err: line => void process.stderr.write(`${line}\n`),
  onStop(stop) {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop(signal))
    // A launcher that was killed takes its channel with it; a ledger nobody watches must not keep the lock.
    if (process.channel !== undefined) process.on('disconnect', () => stop('channel closed'))
  },
}

cacheCompiledCode()
// Only now, so that all of it comes out of that cache.
const { runCommandLine } = await import('./command-line.ts')
const status = await runCommandLine(process.argv.slice(2), host)
// Not left to an empty event loop: after a fatal error the server still listens, and nothing more may be answered.
process.exit(status)
