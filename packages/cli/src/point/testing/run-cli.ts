import { Readable } from 'node:stream'
import type { Context } from '../../framework/context.ts'
import { runCli } from '../../framework/run.ts'
import { pointEntries } from '../entries.ts'

export interface CliRun {
  exit: number
  stdout: string
  stderr: string
}

export interface CliOptions {
  env?: Record<string, string>
  cwd?: string
  stdin?: string
  now?: () => number
  fetch?: Context['fetch']
  onInterrupt?: Context['onInterrupt']
}

/** One command line in this process, with its own streams and clock. */
export async function cli(argv: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  const out: string[] = []
  const err: string[] = []
  const context: Context = {
    argv,
    env: options.env ?? {},
    cwd: options.cwd ?? process.cwd(),
    stdin: Readable.from(options.stdin === undefined ? [] : [Buffer.from(options.stdin)]),
    stdout: { write: text => out.push(text) },
    stderr: { write: text => err.push(text) },
    now: options.now ?? (() => Date.now()),
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    sleep: (_ms, signal) => (signal?.aborted ? Promise.resolve() : new Promise(resolve => setImmediate(resolve))),
    onInterrupt: options.onInterrupt ?? (() => () => {}),
  }
  const exit = await runCli(context, pointEntries, '0.0.0')
  return { exit, stdout: out.join(''), stderr: err.join('') }
}
