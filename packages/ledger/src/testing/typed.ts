import { runCommandLine } from '../command-line.ts'
import type { Host } from '../host.ts'
import { startMs } from './temporary-ledger.ts'

/** A command as it is typed, in this process: what it printed, what it complained of, how it ended. */
export async function typed(args: readonly string[], host: Partial<Host> = {}) {
  const said: { out: string[]; err: string[] } = { out: [], err: [] }
  const code = await runCommandLine(args, {
    now: () => startMs,
    random: bytes => new Uint8Array(bytes).fill(9),
    out: line => void said.out.push(line),
    err: line => void said.err.push(line),
    onStop: () => undefined,
    ...host,
  })
  return { code, ...said }
}
