import { BreakglassError, invariant } from '@breakglass/core/errors'
import {
  type Commit,
  formatStatement,
  isCommit,
  isDigest,
  type JsonObject,
  msToInstant,
  parseReceiptBody,
  parseStatement,
  type ReceiptBody,
  receiptSecondsMax,
} from '@breakglass/verify'
import type { Selectable } from 'kysely'
import { act, type Act, type Edge } from '../../edge/edge.ts'
import { changeKey } from '../../facts/change.ts'
import { requireProgram } from '../../facts/program.ts'
import { repositoryByKey, repositoryIdOf, type RepositoryRow } from '../../facts/repositories.ts'
import type { Caller } from '../../identity/caller.ts'
import type { ResultTable } from '../../store/tables/points.ts'
import type { BodyOf, ReplyOf } from './body-of.ts'
import { recoverGate } from './recover-gate.ts'
import { sinceMsOf } from './since.ts'

type Reporter = Extract<Caller, { kind: 'reporter' }>
type Told = BodyOf<'reportResult'>
type ResultRow = Selectable<ResultTable>

/**
 * Signs a receipt for one run of a gate's check (docs/formats/receipt.md). Telling the same again gives the same receipt. A
 * run that is tried again under its id and ends otherwise has another result, and the newest decides. Throws `not_allowed`,
 * `no_program`, `bad_input`.
 */
export function reportResult(edge: Edge, reporter: Reporter, told: Told): Promise<ReplyOf<'reportResult'>> {
  return act(edge, async run => {
    const repository = await requireScope(run, reporter, told)
    const all = await resultsSoFar(run, repository, told)
    // Of this run only the newest may be repeated, so that an old pass never hides a later failure.
    const known = all.find(row => row.run === told.run)
    if (known?.result === told.result && known.expires_at > run.atMs) return replyOf(known)
    return replyOf(await keepResult(run, reporter, { repository, told, after: all[0]?.at }))
  })
}

/** A credential says nothing of any other gate or repository; which repositories there are is none of its business. */
async function requireScope({ tx }: Act, reporter: Reporter, told: Told): Promise<RepositoryRow> {
  const repository = await repositoryByKey(tx, reporter.repositoryKey)
  if (reporter.gate === told.gate && repository.name === told.repository) return repository
  throw new BreakglassError(
    'not_allowed',
    `This credential reports ${reporter.gate} in ${repository.name}, not ${told.gate} in ${told.repository}.`,
  )
}

/** Of this gate and commit, the newest first. */
function resultsSoFar({ tx }: Act, { key }: RepositoryRow, { gate, commit }: Told): Promise<ResultRow[]> {
  return tx.db
    .selectFrom('result')
    .selectAll()
    .where('repository_key', '=', key)
    .where('change_key', '=', changeKey({ commit }))
    .where('gate', '=', gate)
    .orderBy('at', 'desc')
    .execute()
}

interface NewResult {
  repository: RepositoryRow
  told: Told
  /** When the newest result so far was told, ms. */
  after: number | undefined
}

async function keepResult(run: Act, reporter: Reporter, { repository, told, after }: NewResult): Promise<ResultRow> {
  const { tx } = run
  const { published } = await requireProgram(tx)
  const { gate, result, commit } = told
  // Two in one millisecond would leave it open which is the newest.
  const atMs = Math.max(run.atMs, (after ?? 0) + 1)
  const expiresMs = atMs + receiptSecondsMax * 1000
  const id = run.newId('receipt')
  const body = {
    change: { commit: commitOf(commit) },
    expiresAt: msToInstant(expiresMs),
    gate,
    program: published.digest,
    reporter: reporter.tokenId,
    repository: repositoryIdOf(repository),
    result,
    run: told.run,
  }
  const of = { gate, repositoryKey: repository.key, changeKey: changeKey({ commit }) }
  const since_at = await sinceMsOf(tx, of, { result, atMs })
  const row = await tx.db
    .insertInto('result')
    .values({
      id,
      gate,
      repository_key: of.repositoryKey,
      change_key: of.changeKey,
      result,
      since_at,
      at: atMs,
      reporter: reporter.tokenId,
      run: told.run,
      took_ms: told.tookMs ?? null,
      receipt_jws: signReceipt(run, id, { body, atMs }),
      expires_at: expiresMs,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  if (result !== 'could_not_run') await recoverGate(run, { gate, repositoryKey: repository.key, ranAtMs: atMs })
  return row
}

function commitOf(text: string): Commit {
  if (isCommit(text)) return text
  throw new BreakglassError('bad_input', 'commit: expected sha1: or sha256: and hex digits.')
}

/** Not an entry of the ledger: the day's receipts are committed to together. */
function signReceipt(run: Act, subject: string, { body, atMs }: { body: ReceiptBody; atMs: number }): string {
  const { issuer, newId } = run
  // A receipt's body is JSON by its members, which an interface cannot tell the compiler.
  const json = body as unknown as JsonObject
  const parsed = parseReceiptBody(json)
  if (!parsed.ok) {
    const words = parsed.faults.map(({ at, expected }) => `${at}: expected ${expected}`)
    throw new BreakglassError('bad_input', `The result cannot be put into a receipt. ${words.join('; ')}`)
  }
  const sid = newId('statement')
  return formatStatement(
    { v: 1, kind: 'gate.receipt', sid, at: msToInstant(atMs), subject, seq: 1, body: json },
    { log: issuer.organization, signer: issuer.signer, typ: 'breakglass-receipt+jws' },
  )
}

/** The program stands in the receipt itself; a repeated one names the program it was given under. */
function replyOf({ receipt_jws, expires_at }: ResultRow): ReplyOf<'reportResult'> {
  return { receipt: receipt_jws, expiresAt: msToInstant(expires_at), program: programOf(receipt_jws) }
}

function programOf(jws: string): string {
  const parsed = parseStatement(jws)
  const program = parsed.ok ? parsed.value.envelope.body['program'] : undefined
  invariant(typeof program === 'string' && isDigest(program), 'a receipt names its program')
  return program
}
