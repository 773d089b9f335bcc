import { BreakglassError } from '@breakglass/core/errors'
import { fullRef } from '../change-ref.ts'
import { type CommandContext, defineCommand, type ExitCode } from '../framework/command.ts'
import { usageError } from '../framework/usage-error.ts'
import { atPoint, pointDirOf } from '../point/at-point.ts'
import { judgeRun, type RunVerdict } from '../point/ci.ts'
import { type GateChange, readGateChange, reporterOf, runIdOf } from '../point/gate-options.ts'
import { gateLines } from '../point/hook-words.ts'
import { untilTerminated } from '../point/on-terminate.ts'
import { plain } from '../point/plain.ts'
import type { Point } from '../point/point.ts'
import { openCommand } from '../point/remedy.ts'
import { recordResult, type Reporter, reportWaiting } from '../point/results.ts'
import { type RanCommand, runCommand } from '../point/run-command.ts'
import { sendEvents } from '../point/sync.ts'

export const command = defineCommand({
  positionals: [{ name: 'gate', summary: 'the gate whose check this is' }],
  options: {
    change: { type: 'text', value: 'owner/name@COMMIT', summary: 'the change, by its whole commit' },
    ref: { type: 'text', value: 'BRANCH', summary: 'the branch it is for; absent: main' },
    run: { type: 'text', value: 'ID', summary: 'the CI run, the same for each attempt; absent: what the CI says' },
    timeout: { type: 'duration', summary: 'longer than this is “could not run”; absent: 1h' },
    grant: { type: 'list', value: 'bg1~…', summary: 'a grant in its carried form, for when the server is away' },
  },
  notes: [
    'A pass is a result. A failure consults the grants for this commit at the enforcement point in BREAKGLASS_POINT, and else ends with 1 and the one command that would break glass.',
    'A check that could not run (timeout, exit 75, a signal, not to be started) is not one that failed.',
    'With BREAKGLASS_REPORTER_TOKEN the result is reported; while the server is away it waits in BREAKGLASS_POINT and goes out with the next run.',
  ],
  examples: [
    {
      line: 'breakglass gate run payments/integration-tests --change acme/payments@4f2a91c05e6d7b8091a2b3c4d5e6f708192a3b4c -- make integration',
      words: 'in a CI job',
    },
  ],
  exits: [1, 6, 7],
  run: runGate,
})

interface Options {
  change: string | undefined
  ref: string | undefined
  run: string | undefined
  timeout: number | undefined
  grant: string[]
}

interface Given {
  positionals: readonly string[]
  options: Options
  rest: readonly string[]
}

interface Job extends GateChange {
  ref: string
  run: string
  timeoutMs: number
  command: readonly [string, ...string[]]
  grants: readonly string[]
}

const timeoutSecondsDefault = 3_600

async function runGate(context: CommandContext, given: Given): Promise<ExitCode> {
  const job = readJob(context, given)
  const point = context.env['BREAKGLASS_POINT']
  if (point === undefined || point === '') return runWithoutPoint(context, job)
  return atPoint(context, pointDirOf(context, {}), at => runAtPoint(context, at, job))
}

function readJob(context: CommandContext, { positionals, options, rest }: Given): Job {
  const [file, ...args] = rest
  if (file === undefined)
    throw usageError('Which check? Nothing stands after --.', 'breakglass gate run … -- make test')
  const handed = context.env['BREAKGLASS_GRANT']?.split(/\s+/).filter(text => text !== '') ?? []
  return {
    ...readGateChange(positionals[0], options.change),
    ref: fullRef(options.ref ?? 'main'),
    run: runIdOf(context, options.run),
    timeoutMs: (options.timeout ?? timeoutSecondsDefault) * 1000,
    command: [file, ...args],
    grants: [...options.grant, ...handed],
  }
}

async function runAtPoint(context: CommandContext, point: Point, job: Job): Promise<ExitCode> {
  const { name } = point.home.config.repository
  if (name !== job.repository) {
    throw usageError(`The point in BREAKGLASS_POINT is of ${name}, not of ${job.repository}.`)
  }
  const reporter = reporterOf(context, point.home.config.server)
  if (reporter !== undefined) await reportWaiting(point, job.gate, reporter)
  const ran = await run(context, job)
  const { gate, repository, commit, run: id } = job
  const { result, tookMs } = ran
  recordResult(point, { gate, repository, commit, result, run: id, tookMs }, { isReported: reporter !== undefined })
  if (reporter !== undefined) await tellReport(context, point, { gate, reporter })
  if (ran.result === 'pass') {
    await sendEvents(point)
    say(context, job, [`breakglass: ${gate}: ${ran.words}`], { result: 'pass', outcome: 'open', opens: 'pass' })
    return 0
  }
  const { ref, grants } = job
  const verdict = await judgeRun(point, { gate, commit, ref, run: id, result: ran.result, words: ran.words, grants })
  say(context, job, wordsOfRun(job, ran, verdict), { result: ran.result, ...summaryOf(verdict) })
  if (verdict.outcome === 'open') return 0
  return verdict.code === 'clock_wrong' ? 7 : 1
}

async function tellReport(
  context: CommandContext,
  point: Point,
  { gate, reporter }: { gate: string; reporter: Reporter },
): Promise<void> {
  const { waiting, because } = await reportWaiting(point, gate, reporter)
  if (waiting > 0) context.out.note(`breakglass: ${waiting} results wait for the server: ${because ?? 'not sent yet'}`)
}

/** Without a point nothing can be spent, so nothing but a pass opens the gate. */
async function runWithoutPoint(context: CommandContext, job: Job): Promise<ExitCode> {
  const reporter = reporterOf(context, undefined)
  const ran = await run(context, job)
  const { gate, repository, commit } = job
  if (reporter !== undefined)
    await reportOnce(context, reporter, {
      gate,
      repository,
      commit,
      result: ran.result,
      run: job.run,
      tookMs: ran.tookMs,
    })
  if (ran.result === 'pass') {
    say(context, job, [`breakglass: ${gate}: ${ran.words}`], { result: 'pass', outcome: 'open', opens: 'pass' })
    return 0
  }
  const remedy = openCommand(gate, { repositoryName: repository, commit, ref: job.ref })
  const lines = [
    headOf(job, ran),
    '  closed: there is no enforcement point here (BREAKGLASS_POINT), so no grant is consulted',
    `  next: ${remedy}`,
  ]
  say(context, job, lines, { result: ran.result, outcome: 'closed', code: 'no_point', remedy })
  return 1
}

async function reportOnce(context: CommandContext, reporter: Reporter, body: Parameters<Reporter>[0]): Promise<void> {
  try {
    await reporter(body)
  } catch (cause) {
    if (!(cause instanceof BreakglassError)) throw cause
    context.out.note(
      `breakglass: the result was not reported, and without BREAKGLASS_POINT it is not kept: ${plain(cause.message)}`,
    )
  }
}

function run(context: CommandContext, { command, timeoutMs }: Job): Promise<RanCommand> {
  const { cwd, env, stdin } = context
  const wish = { command, cwd, env: childEnv(env), timeoutMs, isTerminal: stdin.isTTY === true }
  return untilTerminated(context, signal => runCommand({ ...wish, signal }))
}

/** The check may be anybody's code: the credentials of the gate are not for it. */
function childEnv(env: CommandContext['env']): Record<string, string | undefined> {
  const { BREAKGLASS_REPORTER_TOKEN: _reporter, BREAKGLASS_GRANT: _grant, BREAKGLASS_TOKEN: _token, ...rest } = env
  return rest
}

function wordsOfRun(job: Job, ran: RanCommand, verdict: RunVerdict): string[] {
  const head = headOf(job, ran)
  if (verdict.outcome === 'open') return [head, ...gateLines(verdict.verdict)]
  const { words, remedy, also } = verdict
  return [head, `  closed: ${words}`, ...also.map(line => `    also: ${line}`), `  next: ${remedy}`]
}

function headOf({ gate }: Job, { result, words }: Pick<RanCommand, 'result' | 'words'>): string {
  return `breakglass: ${gate} ${result === 'fail' ? 'failed' : 'could not run'}: ${words}`
}

function summaryOf(verdict: RunVerdict): Record<string, unknown> {
  if (verdict.outcome === 'closed') {
    const { code, words, remedy } = verdict
    return { outcome: 'closed', code, words, remedy }
  }
  return { outcome: 'open', ...verdict.verdict, online: verdict.online }
}

/** Standard output is the check's own, but for the one document that `--json` asks for. */
function say(context: CommandContext, job: Job, lines: readonly string[], document: Record<string, unknown>): void {
  // Why a gate is closed is no remark: it is said even when notes are not wanted.
  const isQuiet = context.globals.quiet && document['outcome'] === 'open'
  if (!isQuiet) for (const line of lines) context.stderr.write(`${plain(line)}\n`)
  const { gate, repository, commit, run: id } = job
  if (context.out.json) context.out.document({ gate, repository, commit, run: id, ...document })
}
