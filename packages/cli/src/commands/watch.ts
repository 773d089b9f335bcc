import { type CommandContext, defineCommand, type ExitCode } from '../framework/command.ts'
import { usageError } from '../framework/usage-error.ts'
import { atPoint, gitAt, pointDirOf } from '../point/at-point.ts'
import type { Git } from '../point/git.ts'
import { untilTerminated } from '../point/on-terminate.ts'
import type { Point } from '../point/point.ts'
import { look, tell } from '../point/watcher.ts'

export const command = defineCommand({
  positionals: [],
  options: {
    repo: { type: 'text', value: 'DIR', summary: 'the bare repository' },
    interval: { type: 'duration', summary: 'how often to look; absent: 2s' },
    once: { type: 'flag', summary: 'look once, tell, and end: for a timer' },
  },
  notes: [
    'Follows the protected branches of a bare repository and its hook. A move that the hook did not let through is reported, also one made while nobody watched.',
    'What the server cannot be told waits in the journal and is sent under the same id. Ends with 0 on Ctrl-C or SIGTERM.',
  ],
  examples: [
    { line: 'breakglass watch --repo /srv/git/payments.git', words: 'as a service on the git server' },
    { line: 'breakglass watch --repo /srv/git/payments.git --once', words: 'every minute, from a timer' },
  ],
  exits: [4, 6],
  async run(context, { options }): Promise<ExitCode> {
    const { repo } = options
    if (repo === undefined) throw usageError('Which repository?', 'add --repo <bare repository>')
    const git = gitAt(context, repo)
    return atPoint(context, pointDirOf(context, { repo }), point => {
      if (options.once) return once(context, point, git)
      return untilTerminated(context, signal =>
        follow(context, { point, git, signal, everyMs: (options.interval ?? 2) * 1000 }),
      )
    })
  },
})

async function once(context: CommandContext, point: Point, git: Git): Promise<ExitCode> {
  print(context, look(point, git))
  const { lines, because } = await tell(point)
  print(context, lines)
  if (because === undefined) return 0
  context.out.note(`breakglass: the server could not be told: ${because}`)
  return 6
}

interface Following {
  point: Point
  git: Git
  signal: AbortSignal
  everyMs: number
}

/** While the server is away it is asked more rarely, and the looking goes on as before. */
const awayMs = 15_000

async function follow(context: CommandContext, { point, git, signal, everyMs }: Following): Promise<ExitCode> {
  let tellAgainAtMs = 0
  let isAway = false
  while (!signal.aborted) {
    print(context, look(point, git))
    if (context.now() >= tellAgainAtMs) {
      const { lines, because } = await tell(point)
      print(context, lines)
      if (because !== undefined && !isAway) print(context, [`away: ${because}`])
      isAway = because !== undefined
      tellAgainAtMs = isAway ? context.now() + awayMs : 0
    }
    await context.sleep(everyMs, signal)
  }
  return 0
}

function print(context: CommandContext, lines: readonly string[]): void {
  if (!context.out.json) return context.out.lines(...lines)
  for (const line of lines) context.out.raw(`${JSON.stringify({ at: new Date(context.now()).toISOString(), line })}\n`)
}
