import type { CommandContext, ExitCode } from '../framework/command.ts'
import { onSignals, startChild, statusOf } from './child.ts'
import { type Part, resolveBin } from './resolve-bin.ts'

/** Starts a part with these arguments, in our place: same output, same signals, same exit status. */
export async function passOn(context: CommandContext, part: Part, args: readonly string[]): Promise<ExitCode> {
  const child = startChild(context, resolveBin(part), args, { stdout: 'inherit' })
  const release = onSignals(signal => child.process.kill(signal))
  try {
    return statusOf(await child.ended) as ExitCode // the part's own status, mirrored as it is
  } finally {
    release()
  }
}
