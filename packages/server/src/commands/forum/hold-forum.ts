import type { contract, ForumView } from '@breakglass/core/contract'
import { BreakglassError, invariant } from '@breakglass/core/errors'
import type { ForumReport } from '@breakglass/core/forum'
import { instantToMs, isDigest, isInstant, msToInstant } from '@breakglass/verify'
import type { z } from 'zod'
import { act, type Act, type Edge, say } from '../../edge/edge.ts'
import { peopleBehind } from '../../facts/people-behind.ts'
import { type ProgramInForce, requireProgram } from '../../facts/program.ts'
import { personNamed } from '../../identity/person-named.ts'
import { endAlarm } from '../../tell/tell.ts'
import { documentReference, keepDocument } from '../../texts/document.ts'
import { seal } from '../../texts/seal.ts'
import { programOwners, requireOwner } from '../program/owners.ts'
import { ledgerHealth } from '../system/ledger-health.ts'
import { forumViews, keptReport, reportText } from './forum-view.ts'
import { reportOf } from './gather.ts'
import { spanOf } from './period.ts'
import { forumMissedAlarm, lastForumAt } from './schedule.ts'

export type HoldForum = z.output<(typeof contract.holdForum)['body'] & z.ZodType>

interface ReadReport {
  report: ForumReport
  reference: { digest: `sha256:${string}`; length: number }
}

/**
 * Records that the forum was held: by its chair or a program owner, once for each time. Texts are sealed; the statement holds
 * what was read by its digest. Throws `not_allowed`, `admin_may_not`, `bad_input`, `unknown_person`, `no_program`.
 */
export async function holdForum(
  edge: Edge,
  by: string,
  given: HoldForum,
  { ledgerOutOfBand }: { ledgerOutOfBand: boolean },
): Promise<ForumView> {
  const ledger = { reachable: (await ledgerHealth(edge)).reachable, outOfBand: ledgerOutOfBand }
  return act(edge, async run => {
    const program = await requireProgram(run.tx)
    await requireChairOrOwner(run, program, by)
    const chair = await chairOf(run, program, by, given.chair)
    const heldAt = await heldAtOf(run, given.heldAt)
    const { report, reference } = await reportRead(run, given.report, async () => {
      const span = await spanOf(run.tx, run.atMs, {})
      return reportOf(run.tx, edge, { program, span, ledger })
    })
    const decisions = await decided(run, program, given.decisions, report)
    const undecided = report.questions.map(({ gate }) => gate).filter(gate => decisions.every(one => one.gate !== gate))
    const id = run.newId('forum')
    const { from, to } = report.period
    const body = { by, chair, heldAt: msToInstant(heldAt), report: reference, from, to }
    await say(run, 'forum.held', id, {
      ...body,
      decisions: decisions.map(({ gate, question, decision, owner, dueOn }) => ({
        gate,
        question,
        decision,
        owner,
        dueOn,
      })),
      undecided,
    })
    const row = {
      id,
      held_at: heldAt,
      chair,
      recorded_by: by,
      recorded_at: run.atMs,
      report_digest: reference.digest,
      from_at: instantToMs(from),
      to_at: instantToMs(to),
    }
    await run.tx.db.insertInto('forum').values(row).execute()
    await keepDecisions(run, id, decisions, undecided)
    await endAlarm(run, forumMissedAlarm, run.issuer.organization)
    const [view] = await forumViews(run.tx, [row])
    invariant(view, 'a forum that was just written is there')
    return view
  })
}

async function requireChairOrOwner(run: Act, program: ProgramInForce, person: string): Promise<void> {
  const named = program.published.program.forum?.chair
  if (named !== undefined && (await peopleBehind(run, [named])).includes(person)) return
  if ((await programOwners(run, program)).includes(person)) return requireOwner(run, program, person)
  const chair = named === undefined ? '' : `its chair (${named}) or by `
  throw new BreakglassError('not_allowed', `A forum is recorded by ${chair}a program owner.`)
}

async function chairOf(run: Act, program: ProgramInForce, by: string, given: string | undefined): Promise<string> {
  if (given !== undefined) return personNamed(run.tx, given, 'no chair of a forum')
  const named = program.published.program.forum?.chair
  const chairs = named === undefined ? [] : await peopleBehind(run, [named])
  return chairs.length === 1 ? (chairs[0] ?? by) : by
}

/** Never in the future, and never before the forum that was recorded last: reports are read in order. */
async function heldAtOf({ tx, atMs }: Act, given: string | undefined): Promise<number> {
  if (given !== undefined && !isInstant(given))
    throw new BreakglassError('bad_input', `There is no such instant as ${given}.`)
  const heldAt = given === undefined ? atMs : instantToMs(given)
  if (heldAt > atMs)
    throw new BreakglassError('bad_input', `The forum cannot have been held at ${given}: that is to come.`)
  const last = await lastForumAt(tx)
  if (last === undefined || heldAt > last) return heldAt
  throw new BreakglassError('bad_input', `A forum was held at ${msToInstant(last)} already; this one must be later.`)
}

/** The report that was named, else the newest delivered since the last forum, else one made now and kept. */
async function reportRead(run: Act, named: string | undefined, make: () => Promise<ForumReport>): Promise<ReadReport> {
  const { tx } = run
  const since = (await lastForumAt(tx)) ?? 0
  const delivered = tx.db.selectFrom('forum_report').select(['digest', 'at'])
  const known =
    named === undefined
      ? await delivered.where('at', '>', since).orderBy('at', 'desc').limit(1).executeTakeFirst()
      : await delivered.where('digest', '=', named).executeTakeFirst()
  if (named !== undefined && known === undefined) {
    throw new BreakglassError(
      'bad_input',
      `No delivered report has the digest ${named}; breakglass forum list shows them.`,
    )
  }
  if (known !== undefined && isDigest(known.digest)) {
    const row = await tx.db
      .selectFrom('document')
      .select('bytes_length')
      .where('digest', '=', known.digest)
      .executeTakeFirst()
    return {
      report: await keptReport(tx, known.digest),
      reference: { digest: known.digest, length: row?.bytes_length ?? 0 },
    }
  }
  const report = await make()
  const text = reportText(report)
  await keepDocument(run, text)
  return { report, reference: documentReference(text) }
}

interface Decided {
  gate: string
  question: { commit: `sha256:${string}` }
  decision: { commit: `sha256:${string}` }
  owner: string
  dueOn: string
}

async function decided(
  run: Act,
  { published }: ProgramInForce,
  given: HoldForum['decisions'],
  report: ForumReport,
): Promise<Decided[]> {
  const decisions: Decided[] = []
  for (const { gate, question, decision, owner, due } of given) {
    if (!Object.hasOwn(published.program.gates, gate)) {
      throw new BreakglassError('bad_input', `The program has no gate ${gate}; a decision is about one of its gates.`)
    }
    if (decisions.some(one => one.gate === gate))
      throw new BreakglassError('bad_input', `Two decisions are about ${gate}; say it in one.`)
    const asked = question ?? report.questions.find(one => one.gate === gate)?.question
    if (asked === undefined) {
      throw new BreakglassError(
        'bad_input',
        `The report asks nothing about ${gate}: say the question that was decided.`,
      )
    }
    decisions.push({
      gate,
      question: await seal(run, asked),
      decision: await seal(run, decision),
      owner: await personNamed(run.tx, owner, 'no decision'),
      dueOn: due,
    })
  }
  return decisions
}

async function keepDecisions({ tx }: Act, forum: string, decisions: readonly Decided[], undecided: readonly string[]) {
  const rows = [
    ...decisions.map(({ gate, question, decision, owner, dueOn }) => ({
      gate,
      question_commit: question.commit,
      decision_commit: decision.commit,
      owner,
      due_on: dueOn,
    })),
    ...undecided.map(gate => ({ gate, question_commit: null, decision_commit: null, owner: null, due_on: null })),
  ]
  if (rows.length === 0) return
  await tx.db
    .insertInto('forum_decision')
    .values(rows.map((row, i) => ({ forum_id: forum, ordinal: i + 1, ...row })))
    .execute()
}
