import { invariant } from '@breakglass/core/errors'
import { classifyChange, formatChange } from '@breakglass/core/program'
import { isCommit, isDigest, msToInstant } from '@breakglass/verify'
import { z } from 'zod'
import { act, type Act, type Edge, say } from '../../edge/edge.ts'
import { membersSinceOf, parseMembersSince } from '../../facts/members-since.ts'
import { type ProgramVersionRow, programInForce, publishedOf } from '../../facts/program.ts'
import { enqueue } from '../../jobs/queue.ts'
import type { JobHandler } from '../../jobs/runner.ts'
import { documentReference, keepDocument, readDocument } from '../../texts/document.ts'
import { type ProgramOrigin, programOrigin } from './compile.ts'
import { approvalsNeeded, countedApprovers } from './owners.ts'

export const effectJob = 'program.effect'

const people = z.array(z.string())
export const approversOfVersion = (row: ProgramVersionRow): string[] => people.parse(JSON.parse(row.approvers))

/**
 * Signs `program.published` if enough owners have signed and the delay is over; gives its `sid`. The change is judged again
 * against what is in force now: another version may have come between. Otherwise it waits, and a job looks again.
 */
export async function publishIfReady(run: Act, id: string): Promise<string | undefined> {
  const { tx, atMs } = run
  const row = await tx.db.selectFrom('program_version').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  if ((row.state !== 'proposed' && row.state !== 'waiting') || row.statement_sid !== null) return undefined
  const current = await programInForce(tx)
  const published = await publishedOf(tx, row)
  const change = classifyChange(current?.published.program, published.program)
  const needed = approvalsNeeded(change)
  const approvers = await countedApprovers(run, current, change, approversOfVersion(row))
  const isSigned = approvers.length >= needed
  await tx.db
    .updateTable('program_version')
    .set({
      class: change.class,
      changes: JSON.stringify(change.changes),
      approvals_needed: needed,
      state: isSigned ? 'waiting' : 'proposed',
    })
    .where('id', '=', id)
    .execute()
  if (!isSigned) return undefined
  if (change.class === 'widening' && atMs < row.earliest_at) {
    const job = { id: run.newId('job'), kind: effectJob, key: id, runAt: row.earliest_at, attemptsMax: 1000 }
    await enqueue(tx, job)
    return undefined
  }
  const diff = await keepDocument(run, formatChange(change))
  return sayPublished(run, { ...row, class: change.class }, { approvers, diff })
}

/** Signs the statement that puts a version in force once it is proven. Its `seq` is the version (docs/formats/program-bundle.md). */
export async function sayPublished(
  run: Act,
  row: ProgramVersionRow,
  given: { approvers: readonly string[]; diff: { digest: `sha256:${string}`; length: number } },
): Promise<string> {
  const { tx, atMs } = run
  const last = await tx.db
    .selectFrom('program_version')
    .select(['version', 'digest'])
    .where('program_id', '=', row.program_id)
    .where('version', 'is not', null)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
  const version = (last?.version ?? 0) + 1
  const [program, resolved] = [
    documentReference(await readDocument(tx, row.digest)),
    documentReference(await readDocument(tx, row.resolved_digest)),
  ]
  const source = row.source === null ? undefined : programOrigin.parse(JSON.parse(row.source))
  const { sid } = await say(run, 'program.published', row.program_id, {
    approvers: [...given.approvers],
    class: row.class,
    diff: given.diff,
    effectiveAt: msToInstant(atMs),
    ...(last && isDigest(last.digest) && { previous: last.digest }),
    program,
    publisher: row.publisher,
    resolved,
    ...(source && { source: sourceBody(source) }),
    version,
  })
  await tx.db
    .updateTable('program_version')
    .set({ state: 'waiting', version, statement_sid: sid })
    .where('id', '=', row.id)
    .where('statement_sid', 'is', null)
    .execute()
  return sid
}

function sourceBody({ commit, path, ref, repository }: ProgramOrigin) {
  invariant(isCommit(commit), 'a stored commit is one')
  return { commit, path, ref, repository }
}

/** In the transaction that stores the proof: this version is in force, and the one before is not any more. */
export async function takeEffect(run: Act, sid: string): Promise<void> {
  const { tx, atMs } = run
  const row = await tx.db.selectFrom('program_version').selectAll().where('statement_sid', '=', sid).executeTakeFirst()
  invariant(row, `${sid} published a version`)
  if (row.state !== 'waiting') return
  const previous = await programInForce(tx)
  const published = await publishedOf(tx, row)
  const since = membersSinceOf(published.program, parseMembersSince(previous?.row.members_since ?? null), atMs)
  await tx.db
    .updateTable('program_version')
    .set({ state: 'superseded' })
    .where('program_id', '=', row.program_id)
    .where('state', '=', 'in_force')
    .execute()
  await tx.db
    .updateTable('program_version')
    .set({ state: 'in_force', effective_at: atMs, members_since: JSON.stringify(since) })
    .where('id', '=', row.id)
    .where('state', '=', 'waiting')
    .execute()
}

/** The delay of a widening is over. */
export const programEffect =
  (edge: Edge): JobHandler =>
  ({ job, complete }) =>
    act(edge, async run => {
      await publishIfReady(run, job.key)
      await complete(run.tx)
    })
