import type { ForumInput } from '@breakglass/core/forum'
import { classifyChange } from '@breakglass/core/program'
import { publishedOf } from '../../facts/program.ts'
import type { Rx } from '../../store/store.ts'
import type { Span } from './gather-records.ts'

export async function repairsOf(_rx: Rx, _span: Span): Promise<ForumInput['repairs']> {
  return { measured: false, why: 'repairs are not recorded by this version' }
}

export async function waiversOf(_rx: Rx, _span: Span): Promise<ForumInput['waivers']> {
  return { measured: false, why: 'waivers are not recorded by this version' }
}

/** Gates at which the program in force differs from the one that was in force at that instant. */
export async function changedGates(rx: Rx, sinceMs: number): Promise<ReadonlySet<string>> {
  const versions = await rx.db
    .selectFrom('program_version')
    .select(['digest', 'resolved_digest', 'effective_at'])
    .where('effective_at', 'is not', null)
    .orderBy('version', 'desc')
    .execute()
  const [now] = versions
  const then = versions.find(({ effective_at }) => effective_at !== null && effective_at <= sinceMs)
  if (now === undefined || then === undefined || now === then) return new Set()
  const [before, after] = [(await publishedOf(rx, then)).program, (await publishedOf(rx, now)).program]
  const { changes } = classifyChange(before, after)
  const names = Object.keys({ ...before.gates, ...after.gates })
  return new Set(names.filter(name => changes.some(({ path }) => isAt(path, name))))
}

const isAt = (path: string, gate: string) => path === `gates.${gate}` || path.startsWith(`gates.${gate}.`)
