import { pointEntries } from '../entries.ts'
import { runCli } from '../../framework/run.ts'

/** The commands of enforcement points as a process of their own, with a real clock, real streams and the real network. */
process.exitCode = await runCli(
  {
    argv: process.argv.slice(2),
    env: process.env,
    cwd: process.cwd(),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    now: () => Date.now(),
    fetch: (input, init) => globalThis.fetch(input, init),
    sleep: (ms, signal) =>
      new Promise(resolve => {
        const timer = setTimeout(resolve, ms)
        signal?.addEventListener('abort', () => {
          clearTimeout(timer)
          resolve()
        })
      }),
    onInterrupt: handler => {
      process.on('SIGINT', handler)
      return () => void process.off('SIGINT', handler)
    },
  },
  pointEntries,
  '0.0.0',
)
