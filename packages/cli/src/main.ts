import { readFileSync } from 'node:fs'
import { fetchWithNode } from './client/http.ts'
import { entries } from './commands/registry.ts'
import type { Context } from './framework/context.ts'
import { runCli } from './framework/run.ts'

/** The one place with a real clock, real streams and the real network. */
const context: Context = {
  argv: process.argv.slice(2),
  env: process.env,
  cwd: process.cwd(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  now: () => Date.now(),
  fetch: fetchWithNode,
  sleep: (milliseconds, signal) =>
    new Promise(resolve => {
      const timer = setTimeout(done, milliseconds)
      signal?.addEventListener('abort', done, { once: true })
      function done() {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      if (signal?.aborted === true) done()
    }),
  onInterrupt(handler) {
    process.on('SIGINT', handler)
    return () => void process.off('SIGINT', handler)
  },
}

// `breakglass … | head` closes our output early: that is not a defect, and there is nobody left to tell.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
}

// Whoever started us with a channel is gone when it closes: end as on SIGTERM, so that what we started ends in order.
if (process.channel !== undefined) {
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  // A listener alone would keep the process alive for as long as the channel is open.
  process.channel?.unref()
}

const manifest: { version: string } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
process.exitCode = await runCli(context, entries, manifest.version)
// A stdin that was asked a question, or a keep-alive connection, must not hold the process once the answer stands.
process.stdin.unref?.()
