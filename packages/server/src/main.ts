import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { runCommandLine } from './command-line.ts'
import type { Host } from './host.ts'

/** The one place that reads the clock, the arguments, the environment and the process. */
const stopped = Promise.withResolvers<string>()
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stopped.resolve(signal))
// A launcher that was killed takes its channel with it; a server nobody watches must not keep the lock.
if (process.channel !== undefined) process.on('disconnect', () => stopped.resolve('channel closed'))

const host: Host = {
  name: `${hostname()} ${process.pid}`,
  nowMs: () => Date.now(),
  random: Math.random,
  randomBytes: length => new Uint8Array(randomBytes(length)),
  out: line => void process.stdout.write(`${line}\n`),
  log: event => void process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), ...event })}\n`),
  stopped: stopped.promise,
}

process.exit(await runCommandLine(process.argv.slice(2), host, process.env))
