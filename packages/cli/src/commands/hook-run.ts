import { BreakglassError } from '@breakglass/core/errors'
import { type CommandContext, defineCommand, type ExitCode } from '../framework/command.ts'
import { createGit } from '../point/git.ts'
import { serverOfHome } from '../point/http-server.ts'
import { type ClosedPush, judgePush, type PushVerdict } from '../point/hook.ts'
import { wordsOfPush } from '../point/hook-words.ts'
import { isClosed } from '../point/judge.ts'
import { runOtherHooks } from '../point/other-hooks.ts'
import { plain } from '../point/plain.ts'
import { openPoint, type Point } from '../point/point.ts'
import { readAll } from '../point/read-all.ts'
import { refLinesBytesMax } from '../point/ref-lines.ts'
import { reportRefusal } from '../point/refusals.ts'

export const command = defineCommand({
  positionals: [],
  options: {
    point: { type: 'text', value: 'DIR', summary: 'the directory of the enforcement point' },
  },
  notes: [
    'Git runs this before it takes a push (pre-receive). It reads “<old> <new> <ref>” lines and push options, and answers by its exit status.',
    'Push options: breakglass.grant=<grant in its carried form>, or that grant alone; breakglass.receipt=<receipt>.',
  ],
  examples: [
    { line: 'breakglass hook run --point /srv/git/payments.git/breakglass', words: 'as the installed hook calls it' },
    { line: 'git push -o "$(cat grant.bg)" origin main', words: 'what somebody with an offline grant does' },
  ],
  exits: [1],
  run: runHookCommand,
})

interface Given {
  options: { point: string | undefined }
}

/** Anything but a clear yes is a no: whatever goes wrong, the push is refused and its words say what. */
async function runHookCommand(context: CommandContext, { options }: Given): Promise<ExitCode> {
  const print = (text: string) => void context.stderr.write(text)
  try {
    return await judge(context, options.point ?? 'breakglass', print)
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause)
    print(`breakglass: the gates stay closed: ${plain(words)}\n`)
    if (!(cause instanceof BreakglassError)) print(`${cause instanceof Error ? (cause.stack ?? '') : ''}\n`)
    print('breakglass: nothing was pushed. On the git server: breakglass hook doctor\n')
    return 1
  }
}

async function judge(context: CommandContext, dir: string, print: (text: string) => void): Promise<ExitCode> {
  const { env, cwd } = context
  const stdin = await readAll(context.stdin, refLinesBytesMax)
  const git = createGit({ dir: cwd, env })
  const point = openPoint({ dir, now: () => context.now(), serverOf: home => serverOfHome(context, home) })
  try {
    const others = () => runOtherHooks({ hooksPath: git.hooksPath(), stdin, env, cwd, print })
    const verdict = await judgePush(point, { stdin, env, git, others })
    tellRefusal(point, verdict)
    for (const line of wordsOfPush(verdict)) print(`${line}\n`)
    return verdict.outcome === 'closed' ? 1 : 0
  } finally {
    point.journal.close()
  }
}

function tellRefusal(point: Point, verdict: PushVerdict): void {
  if (verdict.outcome !== 'closed') return
  reportRefusal(point.journal, point.spooler, refusalOf(verdict), point.now())
}

/** The first thing that was closed stands for the push. */
function refusalOf({ code, landings }: ClosedPush) {
  for (const { update, target, shape, verdicts } of landings) {
    const place = { ref: target, ...(update.old && { old: update.old }), ...(update.new && { new: update.new }) }
    if (shape !== undefined) return { code: shape.code, ...place }
    const closed = verdicts.find(isClosed)
    if (closed !== undefined) return { code: closed.closed, gate: closed.gate, ...place }
  }
  return { code }
}
