import type { ProgramVersionView, Remark } from '@breakglass/core/contract'
import { BreakglassError } from '@breakglass/core/errors'
import { classifyChange, formatChange, formatResolved, type ProgramChange } from '@breakglass/core/program'
import { isDigest, msToInstant } from '@breakglass/verify'
import { act, type Act, type Edge, say } from '../../edge/edge.ts'
import { type ProgramInForce, programInForce } from '../../facts/program.ts'
import { waitForLedger } from '../../statements/wait-for-ledger.ts'
import { metaKeys, readMeta, writeMeta } from '../../store/meta.ts'
import { notify } from '../../tell/tell.ts'
import { keepData } from '../../texts/data-document.ts'
import { keepDocument } from '../../texts/document.ts'
import { programVersionView } from '../../views/program-view.ts'
import { type Compiled, compile, type ProgramText } from './compile.ts'
import { approvalsNeeded, countedApprovers, programOwners, requireKnownOwner, requireOwner } from './owners.ts'
import { publishIfReady } from './take-effect.ts'

export interface Published {
  version: ProgramVersionView
  remarks: Remark[]
}

/**
 * Publishes a program: what narrows takes effect at its proof, what widens waits for a second owner and the delay. A text
 * that is in force or waits already is answered with that version.
 *
 * Throws `bad_program` with the remarks in `data`, `admin_may_not`, `not_allowed`, `bad_input` (no owner is known here), `ledger_unavailable`.
 */
export async function publishProgram(edge: Edge, person: string, given: ProgramText): Promise<Published> {
  const { id, remarks, sid } = await act(edge, async run => {
    const current = await programInForce(run.tx)
    await requireOwner(run, current, person)
    const compiled = await compile(run.tx, given, current)
    if (!compiled.ok) throw badProgram(compiled.remarks)
    await requireKnownOwner(run, compiled.resolved.owners)
    const resolved = await keepDocument(run, formatResolved(compiled.resolved))
    const program = await keepDocument(run, given.text)
    const open = await sameOpen(run, program.digest, resolved.digest)
    if (open) return { id: open, remarks: compiled.remarks, sid: undefined }
    const change = classifyChange(current?.published.program, compiled.resolved)
    const id = await propose(run, { person, current, compiled, change, given, program, resolved })
    return { id, remarks: compiled.remarks, sid: await publishIfReady(run, id) }
  })
  if (sid !== undefined) await waitForEffect(edge, sid)
  return { version: await edge.store.read(rx => programVersionView(rx, id)), remarks }
}

/** What is published takes effect at its proof; without one in time the person is told that it has not yet. */
export const waitForEffect = (edge: Edge, sid: string): Promise<void> =>
  waitForLedger(
    edge,
    [sid],
    'The ledger did not answer in time. The version is signed and takes effect when the ledger has taken it; until then the one before stays in force. breakglass program list shows it.',
  )

const badProgram = (remarks: Remark[]) => {
  const errors = remarks.filter(({ level }) => level === 'error')
  const [first] = errors
  return new BreakglassError('bad_program', {
    message: `The program has ${errors.length} error${errors.length === 1 ? '' : 's'}; nothing was changed. First: ${first?.file}:${first?.line}:${first?.column} ${first?.reason}`,
    data: { remarks },
  })
}

async function sameOpen({ tx }: Act, digest: string, resolved: string): Promise<string | undefined> {
  const row = await tx.db
    .selectFrom('program_version')
    .select('id')
    .where('digest', '=', digest)
    .where('resolved_digest', '=', resolved)
    .where('state', 'in', ['proposed', 'waiting', 'in_force'])
    .executeTakeFirst()
  return row?.id
}

interface Proposal {
  person: string
  current: ProgramInForce | undefined
  compiled: Extract<Compiled, { ok: true }>
  change: ProgramChange
  given: ProgramText
  program: { digest: string; length: number }
  resolved: { digest: string; length: number }
}

async function propose(run: Act, proposal: Proposal): Promise<string> {
  const { person, current, compiled, change, given, program, resolved } = proposal
  const id = run.newId('request')
  const diff = await keepDocument(run, formatChange(change))
  const files = await keepData(run, { file: given.file, files: given.files })
  const needed = approvalsNeeded(change)
  const approvers = await countedApprovers(run, current, change, [person])
  // The delay of the program in force: a new version cannot shorten the wait for itself.
  const delayMs = change.class === 'widening' ? (current?.published.program.wideningDelaySeconds ?? 0) * 1000 : 0
  const previous = current?.published.digest
  const { origin } = compiled
  await run.tx.db
    .insertInto('program_version')
    .values({
      id,
      program_id: await programId(run),
      version: null,
      digest: program.digest,
      resolved_digest: resolved.digest,
      files_digest: files.digest,
      previous: previous ?? null,
      state: approvers.length >= needed ? 'waiting' : 'proposed',
      class: change.class,
      changes: JSON.stringify(change.changes),
      publisher: person,
      approvers: JSON.stringify(approvers),
      approvals_needed: needed,
      source: origin ? JSON.stringify(origin) : null,
      proposed_at: run.atMs,
      earliest_at: run.atMs + delayMs,
      effective_at: null,
      statement_sid: null,
      members_since: null,
    })
    .execute()
  await say(run, 'program.proposed', id, {
    publisher: person,
    program,
    resolved,
    diff,
    class: change.class,
    ...(previous !== undefined && isDigest(previous) && { previous }),
    ...(origin && { source: origin }),
    approvalsNeeded: needed,
    earliestAt: msToInstant(run.atMs + delayMs),
  })
  const others = (await programOwners(run, current)).filter(owner => owner !== person)
  if (approvers.length < needed) {
    const words = `A wider program waits for another owner's signature: breakglass program approve ${program.digest}`
    await notify(run, others, { words, subject: id })
  }
  return id
}

async function programId(run: Act): Promise<string> {
  const known = await readMeta(run.tx, metaKeys.program)
  if (known !== undefined) return known
  const id = run.newId('program')
  await writeMeta(run.tx, metaKeys.program, id)
  return id
}
