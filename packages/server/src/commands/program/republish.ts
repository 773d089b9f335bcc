import { classifyChange, compileProgram, formatChange, formatResolved } from '@breakglass/core/program'
import type { Act } from '../../edge/edge.ts'
import { programInForce } from '../../facts/program.ts'
import { registryOf } from '../../facts/repositories.ts'
import { keepDocument, readDocument } from '../../texts/document.ts'
import { raiseAlarm } from '../../tell/tell.ts'
import { keptFiles } from './compile.ts'
import { approversOfVersion, sayPublished } from './take-effect.ts'

/**
 * Resolves the program in force anew after a repository was registered or its properties changed. Where that brings another
 * resolution, it is published as a version of its own under the signatures that the text has: a newly matching repository is
 * a logged publication, never implicit. Gives the statement's `sid`; `undefined` where nothing changed.
 */
export async function republishIfNamed(run: Act): Promise<string | undefined> {
  const { tx, atMs } = run
  const current = await programInForce(tx)
  if (!current || current.row.files_digest === null) return undefined
  const kept = keptFiles.parse(JSON.parse(await readDocument(tx, current.row.files_digest)))
  const text = await readDocument(tx, current.row.digest)
  const { source } = current.published.program
  const compiled = compileProgram({ ...kept, text }, { ...(await registryOf(tx)), ...(source && { source }) })
  if (!compiled.ok) {
    const [first] = compiled.remarks.filter(({ level }) => level === 'error')
    const words = `The program in force no longer fits what is registered: ${first?.reason ?? 'see breakglass check'}. The version in force stays.`
    await raiseAlarm(run, { kind: 'program_unfit', key: current.row.digest, words })
    return undefined
  }
  const resolved = await keepDocument(run, formatResolved(compiled.resolved))
  if (resolved.digest === current.row.resolved_digest) return undefined
  const change = classifyChange(current.published.program, compiled.resolved)
  const id = run.newId('request')
  const { statement_sid: _, ...row } = {
    ...current.row,
    id,
    version: null,
    resolved_digest: resolved.digest,
    previous: current.row.digest,
    state: 'waiting' as const,
    class: change.class,
    changes: JSON.stringify(change.changes),
    proposed_at: atMs,
    earliest_at: atMs,
    effective_at: null,
    members_since: null,
  }
  await tx.db
    .insertInto('program_version')
    .values({ ...row, statement_sid: null })
    .execute()
  const diff = await keepDocument(run, formatChange(change))
  return sayPublished(run, { ...row, statement_sid: null }, { approvers: approversOfVersion(current.row), diff })
}
