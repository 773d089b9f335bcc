import { resolve } from 'node:path'
import { type CommandContext, defineCommand, type ExitCode } from '../framework/command.ts'
import { usageError } from '../framework/usage-error.ts'
import { keepOnce, type Turn } from '../github/keep.ts'
import { forgeOf } from '../github/source.ts'
import { atPoint } from '../point/at-point.ts'
import { untilTerminated } from '../point/on-terminate.ts'
import type { Point } from '../point/point.ts'

export const command = defineCommand({
  positionals: [],
  options: {
    point: { type: 'list', value: 'DIR', summary: 'an enforcement point on GitHub; several are kept side by side' },
    interval: { type: 'duration', summary: 'how often to look; absent: 5s' },
    once: { type: 'flag', summary: 'one turn of each, and end: for a timer' },
  },
  notes: [
    'Keeps our check run of every gate on every open pull request what it should be: a mirror of the real check, or open by a grant that was verified here, and shut again when that ends.',
    'Tells what landed, by which gates and around which. What GitHub has not changed is asked for without cost to its limit. Ends with 0 on Ctrl-C or SIGTERM.',
  ],
  examples: [
    { line: 'breakglass github keep --point /var/lib/breakglass/payments', words: 'as a service' },
    { line: 'breakglass github keep --point /var/lib/breakglass/payments --once', words: 'one turn' },
  ],
  exits: [4, 6],
  async run(context, { options }): Promise<ExitCode> {
    const dirs = options.point.map(dir => resolve(context.cwd, dir))
    if (dirs.length === 0) throw usageError('Which enforcement point?', 'add --point <directory>')
    const everyMs = (options.interval ?? 5) * 1000
    if (options.once) return onceEach(context, dirs)
    return untilTerminated(context, async (signal): Promise<ExitCode> => {
      await Promise.all(dirs.map(dir => atPoint(context, dir, point => follow(context, { point, signal, everyMs }))))
      return 0
    })
  },
})

async function onceEach(context: CommandContext, dirs: readonly string[]): Promise<ExitCode> {
  let exit: ExitCode = 0
  for (const dir of dirs) {
    const turn = await atPoint(context, dir, point => keepOnce(point, forgeOf(point)))
    print(context, dir, turn.lines)
    if (turn.because === undefined) continue
    context.out.note(`breakglass: ${dir}: ${turn.because}`)
    exit = 6
  }
  return exit
}

interface Following {
  point: Point
  signal: AbortSignal
  everyMs: number
}

/** Longer and longer while GitHub or the server is away, and never so long that an end goes unnoticed for half a minute. */
const awayMsMax = 30_000

async function follow(context: CommandContext, { point, signal, everyMs }: Following): Promise<void> {
  const forge = forgeOf(point)
  let failures = 0
  let said: string | undefined
  while (!signal.aborted) {
    const turn = await keepOnce(point, forge)
    print(context, point.home.dir, turn.lines)
    if (turn.because !== said && turn.because !== undefined)
      print(context, point.home.dir, [`not whole: ${turn.because}`])
    if (turn.because === undefined && said !== undefined) print(context, point.home.dir, ['whole again'])
    said = turn.because
    failures = said === undefined ? 0 : failures + 1
    await context.sleep(pauseOf(turn, { everyMs, failures, nowMs: context.now() }), signal)
  }
}

function pauseOf(
  { wakeAtMs }: Turn,
  { everyMs, failures, nowMs }: { everyMs: number; failures: number; nowMs: number },
): number {
  const away = failures === 0 ? everyMs : Math.min(awayMsMax, everyMs * 2 ** Math.min(failures, 10))
  return wakeAtMs === undefined ? away : Math.max(100, Math.min(away, wakeAtMs - nowMs))
}

function print(context: CommandContext, dir: string, lines: readonly string[]): void {
  if (!context.out.json) return context.out.lines(...lines)
  const at = new Date(context.now()).toISOString()
  for (const line of lines) context.out.raw(`${JSON.stringify({ at, point: dir, line })}\n`)
}
