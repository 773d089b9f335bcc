import type { GateFacts } from '@breakglass/core/advise'
import type { ForumInput } from '@breakglass/core/forum'
import type { ProgramInForce } from '../../facts/program.ts'
import type { Rx } from '../../store/store.ts'
import type { Span } from './gather-records.ts'

const notCounted = 'passages are not counted by this version'

/** What the numbers say of each gate of the program, at the end of the period. */
export async function forumGates(_rx: Rx, _program: ProgramInForce, _span: Span): Promise<ForumInput['gates']> {
  return { measured: false, why: notCounted }
}

export async function coverageOf(_rx: Rx, _span: Span): Promise<ForumInput['coverage']> {
  return { measured: false, why: notCounted }
}

/** The same numbers as advice looks at them; none where nobody counts. */
export async function adviceFacts(_rx: Rx, _program: ProgramInForce, _nowMs: number): Promise<GateFacts[]> {
  return []
}

export const disclosuresOf = (): ForumInput['disclosures'] => ({
  measured: false,
  why: 'disclosures are not recorded by this version',
})
