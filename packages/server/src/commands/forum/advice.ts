import { advise, type GateFacts } from '@breakglass/core/advise'
import { BreakglassError } from '@breakglass/core/errors'
import type { Edge } from '../../edge/edge.ts'
import { type ProgramInForce, requireProgram } from '../../facts/program.ts'
import { registryOf } from '../../facts/repositories.ts'
import type { Rx } from '../../store/store.ts'
import { readDocument } from '../../texts/document.ts'
import type { ReplyOf } from '../points/body-of.ts'
import { keptFiles } from '../program/compile.ts'
import { adviceFacts } from './gather-gates.ts'

/** What the program in force and its numbers advise. Throws `no_program`, `bad_program`. */
export function getAdvice(edge: Edge): Promise<ReplyOf<'getAdvice'>> {
  const nowMs = edge.nowMs()
  return edge.store.read(async rx => {
    const program = await requireProgram(rx)
    const numbers: GateFacts[] = await adviceFacts(rx, nowMs)
    const { source } = program.published.program
    const registry = { ...(await registryOf(rx)), ...(source && { source }) }
    const advising = advise(await filesOf(rx, program), registry, numbers)
    if (advising.ok) return { advice: advising.advice.map(withJson), unmeasured: advising.unmeasured }
    throw new BreakglassError('bad_program', {
      message: 'The program in force no longer fits what is registered here, so no change of it can be proposed.',
      data: { remarks: advising.remarks },
    })
  })
}

type View = ReplyOf<'getAdvice'>['advice'][number]

const withJson = ({
  edits,
  ...advice
}: Omit<View, 'edits'> & { edits: { file: string; path: string; is: unknown }[] }) => ({
  ...advice,
  // What an edit writes stands in a program, so it is JSON.
  edits: edits.map(edit => ({ ...edit, is: edit.is as View['edits'][number]['is'] })),
})

async function filesOf(rx: Rx, { row }: ProgramInForce) {
  const text = await readDocument(rx, row.digest)
  if (row.files_digest === null) return { file: 'breakglass.yaml', text }
  const { file, files } = keptFiles.parse(JSON.parse(await readDocument(rx, row.files_digest)))
  return { file, text, files }
}
