import type { ProgramVersionView, Remark } from '@breakglass/core/contract'
import { BreakglassError } from '@breakglass/core/errors'
import { classifyChange } from '@breakglass/core/program'
import type { Edge } from '../../edge/edge.ts'
import { programInForce, requireProgram } from '../../facts/program.ts'
import { readDocument } from '../../texts/document.ts'
import { programVersionView, programVersionViews } from '../../views/program-view.ts'
import { compile, type ProgramText } from './compile.ts'

export interface Checked {
  ok: boolean
  remarks: Remark[]
  class?: ProgramVersionView['class']
  changes?: ProgramVersionView['changes']
}

/** What publishing this would say and change. Changes nothing. Throws `bad_input`. */
export function checkProgram(edge: Edge, given: ProgramText): Promise<Checked> {
  return edge.store.read(async rx => {
    const current = await programInForce(rx)
    const compiled = await compile(rx, given, current)
    if (!compiled.ok) return { ok: false, remarks: compiled.remarks }
    const { class: whole, changes } = classifyChange(current?.published.program, compiled.resolved)
    return { ok: true, remarks: compiled.remarks, class: whole, changes }
  })
}

export const listPrograms = (edge: Edge): Promise<{ versions: ProgramVersionView[] }> =>
  edge.store.read(async rx => ({ versions: await programVersionViews(rx) }))

/** `current`: the one in force. Throws `no_program`, `not_found`. */
export function showProgram(edge: Edge, which: string) {
  return edge.store.read(async rx => {
    const row = which === 'current' ? (await requireProgram(rx)).row : await newestOf(rx, which)
    return {
      version: await programVersionView(rx, row.id),
      text: await readDocument(rx, row.digest),
      resolved: await readDocument(rx, row.resolved_digest),
    }
  })
}

async function newestOf(rx: Parameters<typeof programInForce>[0], digest: string) {
  const row = await rx.db
    .selectFrom('program_version')
    .selectAll()
    .where('digest', '=', digest)
    .orderBy('proposed_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (row) return row
  throw new BreakglassError('not_found', `No version of the program has the digest ${digest}.`)
}
