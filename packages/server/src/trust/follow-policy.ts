import { BreakglassError, invariant } from '@breakglass/core/errors'
import {
  checkTrustSuccession,
  openCheckpoint,
  parseTlogProof,
  parseTrustPolicy,
  type TrustPolicy,
} from '@breakglass/verify'
import { type Act, act, type Edge } from '../edge/edge.ts'
import { enqueue } from '../jobs/queue.ts'
import type { JobHandler } from '../jobs/runner.ts'
import { currentTrust, publishTrust } from './publish-trust.ts'

export const reproveJob = 'trust.reprove'

/** Statements looked at in one go; each that needs it costs a question to the ledger. */
const reprovedAtOnce = 100

/**
 * The server was started with other witnesses, or another quorum, than trust.json says: that is a new version of it, and
 * what was proven under fewer cosignatures gets proofs the new one accepts, so that points and auditors who pin it go on.
 * Nothing happens when the policy is the same. Throws `wrong_state` for a policy that trust.json could not go on with.
 */
export async function followPolicy(edge: Edge): Promise<void> {
  const { policyText } = edge.log
  await act(edge, async run => {
    const trust = await currentTrust(run.tx)
    if (trust.policyText === policyText) return
    const policy = policyOf(edge)
    const [fault] = checkTrustSuccession(trust, { ...trust, policy, policyText })
    if (fault !== undefined) {
      throw new BreakglassError('wrong_state', {
        message: `The ledger's policy that the server was started with cannot follow the one in trust.json: at ${fault.at}, expected ${fault.expected}, found ${fault.found}. Name the same log, with its own key, as before.`,
        data: { code: fault.code },
      })
    }
    await publishTrust(run, { why: 'policy_changed', change: previous => ({ ...previous, policy, policyText }) })
    await reproveFrom(run, 0)
  })
}

const reproveFrom = (run: Act, index: number): Promise<void> =>
  enqueue(run.tx, { id: run.newId('job'), kind: reproveJob, key: String(index), runAt: run.atMs })

/** The job: statements from the index that is its key on, each batch asking for the next. Safe to run twice. */
export const reprove =
  (edge: Edge): JobHandler =>
  async ({ job, complete }) => {
    const policy = policyOf(edge)
    const rows = await edge.store.read(rx =>
      rx.db
        .selectFrom('statement')
        .select(['sid', 'jws', 'ledger_index', 'proof'])
        .where('ledger_index', '>=', Number(job.key))
        .where('proof', 'is not', null)
        .orderBy('ledger_index')
        .limit(reprovedAtOnce)
        .execute(),
    )
    const weak = rows.filter(({ proof }) => !isAccepted(proof ?? '', policy))
    const proofs = new Map<string, string>()
    for (const { sid, jws, ledger_index: index } of weak) {
      const found = await edge.ledger.find(jws)
      // Never passed over: a ledger that does not hold what it has proven is not the one it was.
      if (found?.index !== index) throw new BreakglassError('wrong_state', notThere(sid, index, found?.index))
      proofs.set(sid, found.proof)
    }
    await act(edge, async run => {
      for (const [sid, proof] of proofs) {
        const { numUpdatedRows } = await run.tx.db
          .updateTable('statement')
          .set({ proof })
          .where('sid', '=', sid)
          .where('proof', 'is not', null)
          .executeTakeFirst()
        invariant(numUpdatedRows === 1n, 'a statement that was proven stays')
      }
      const last = rows.at(-1)?.ledger_index
      if (rows.length === reprovedAtOnce && typeof last === 'number') await reproveFrom(run, last + 1)
      await complete(run.tx)
    })
  }

function notThere(sid: string, index: number | null, found: number | undefined): string {
  const shown = found === undefined ? 'does not hold it' : `has it as entry ${found}`
  return `The ledger has proven ${sid} as entry ${index}, and now ${shown}. Was an old copy of it restored? See docs/operations.md.`
}

function isAccepted(proof: string, policy: TrustPolicy): boolean {
  const parsed = parseTlogProof(proof)
  return parsed.ok && openCheckpoint(parsed.value.checkpoint, policy).ok
}

function policyOf({ log }: Edge): TrustPolicy {
  const policy = parseTrustPolicy(log.policyText)
  if (policy.ok) return policy.value
  throw new BreakglassError('wrong_state', 'The trust policy of the log cannot be read.')
}
