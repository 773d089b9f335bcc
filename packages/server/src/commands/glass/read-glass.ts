import type { GrantView } from '@breakglass/core/contract'
import { fullRef, gatesInForce } from '@breakglass/core/decide'
import { BreakglassError } from '@breakglass/core/errors'
import { formatCarried } from '@breakglass/verify'
import type { Edge } from '../../edge/edge.ts'
import { changeKey } from '../../facts/change.ts'
import { waiversHeld } from '../waivers/read-waivers.ts'
import { requireProgram } from '../../facts/program.ts'
import { repositoryIdOf, repositoryNamed, repositoryReference } from '../../facts/repositories.ts'
import { receiptsPassing, resultsOf } from '../../facts/results.ts'
import type { Rx } from '../../store/store.ts'
import { grantViews, oneGrantView } from '../../views/grant-view.ts'
import { type GrantRow, grantById } from './grant-row.ts'

export interface GrantFilter {
  state?: GrantView['state'] | 'open' | undefined
  gate?: string | undefined
  limit?: number | undefined
}

const listLimitDefault = 50
export const openStates = ['requested', 'waiting', 'granted', 'live', 'expired', 'revoked', 'exhausted'] as const

/** Newest first. `open`: whatever is not final yet. */
export function listGrants(edge: Edge, { state, gate, limit }: GrantFilter): Promise<{ grants: GrantView[] }> {
  return edge.store.read(async rx => {
    const states = state === 'open' ? openStates : state === undefined ? undefined : [state]
    const rows = await rx.db
      .selectFrom('glass')
      .selectAll()
      .$if(states !== undefined, query => query.where('state', 'in', states ?? []))
      .$if(gate !== undefined, query => query.where('gate', '=', gate ?? ''))
      .orderBy('requested_at', 'desc')
      .orderBy('id')
      .limit(limit ?? listLimitDefault)
      .execute()
    return { grants: await grantViews(rx, rows, edge.nowMs()) }
  })
}

/** Throws `not_found`. */
export const showGrant = (edge: Edge, id: string): Promise<GrantView> =>
  edge.store.read(async rx => oneGrantView(rx, await grantById(rx, id), edge.nowMs()))

/** What an enforcement point verifies for itself. Only of a grant that was live. Throws `not_found`, `wrong_state`. */
export function grantProof(edge: Pick<Edge, 'store'>, id: string): Promise<{ carried: string; index: number }> {
  return edge.store.read(async rx => {
    const row = await grantById(rx, id)
    const proven = row.live_at === null ? undefined : await carriedGrant(rx, row)
    if (proven) return proven
    throw new BreakglassError('wrong_state', {
      message: `${id} is ${row.state}; only a grant that went live has a proof to carry.`,
      data: { state: row.state },
    })
  })
}

/** The carried form of a grant whose statement has its proof (docs/formats/grant.md "Carried form"). */
export async function carriedGrant(rx: Rx, row: GrantRow): Promise<{ carried: string; index: number } | undefined> {
  const statement = await rx.db
    .selectFrom('statement')
    .select(['jws', 'proof', 'ledger_index'])
    .where('sid', '=', row.granted_sid ?? '')
    .executeTakeFirst()
  if (!statement || statement.proof === null || statement.ledger_index === null) return undefined
  return { carried: formatCarried({ jws: statement.jws, proof: statement.proof }), index: statement.ledger_index }
}

/** Which gates stand before this change, and how each stands. Throws `no_program`, `not_found`. */
export function blockedChange(edge: Edge, given: { repository: string; ref: string; commit: string }) {
  return edge.store.read(async rx => {
    const { published } = await requireProgram(rx)
    const repository = await repositoryNamed(rx, given.repository)
    const ref = fullRef(given.ref)
    const place = { repository: repositoryIdOf(repository), ref, boundary: 'merge' } as const
    const key = { repositoryKey: repository.key, changeKey: changeKey({ commit: given.commit }) }
    const results = await resultsOf(rx, key)
    const passing = await receiptsPassing(rx, { ...key, nowMs: edge.nowMs() })
    const open = await rx.db
      .selectFrom('glass')
      .select(['id', 'gate'])
      .where('repository_key', '=', key.repositoryKey)
      .where('change_key', '=', key.changeKey)
      .where('ref', '=', ref)
      .where('state', '=', 'live')
      .where('expires_at', '>', edge.nowMs())
      .execute()
    const waived = await waiversHeld(rx, { repositoryKey: key.repositoryKey, nowMs: edge.nowMs() })
    const gates = gatesInForce(published.program, place).map(gate => {
      const result = results[gate.name]?.result ?? ('none' as const)
      const grant = open.find(row => row.gate === gate.name)?.id
      const isWaived = waived.some(waiver => waiver.gate === gate.name && waiver.ref === ref)
      const opened = grant === undefined ? (isWaived ? 'open_by_waiver' : 'blocked') : 'open_by_grant'
      const standing = passing.has(gate.name) ? 'open_by_pass' : opened
      return {
        gate: gate.name,
        class: gate.class,
        breakable: gate.breakGlass.kind === 'allowed',
        standing,
        result,
        ...(grant !== undefined && { grant }),
      } as const
    })
    return { repository: repositoryReference(repository), ref, commit: given.commit, gates }
  })
}
