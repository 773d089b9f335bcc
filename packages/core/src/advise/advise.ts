import type { Remark } from '../contract/shapes.ts'
import { invariant } from '../errors.ts'
import { compileProgram } from '../program/check/check.ts'
import { guardsProgram } from '../program/check/context.ts'
import { classifyChange } from '../program/classify.ts'
import type { ProgramFiles, ProgramSource } from '../program/parse.ts'
import type { Registry } from '../program/resolve-repositories.ts'
import type { ResolvedProgram } from '../program/resolved.ts'
import { justInTime, keepBreakGlass, noStandingPower, standingAccess } from './access.ts'
import type { Advice, AdviceRule, Edit } from './advice.ts'
import { addBreakGlass, fixFlakyCheck, keepStrict, relaxGate, sanctionPathInUse } from './bypass-or-relax.ts'
import { editText } from './edit-text.ts'
import type { GateFacts } from './facts.ts'
import { unifiedDiff } from './unified-diff.ts'

const rules: readonly AdviceRule[] = [
  addBreakGlass,
  sanctionPathInUse,
  fixFlakyCheck,
  relaxGate,
  keepStrict,
  noStandingPower,
  standingAccess,
  justInTime,
  keepBreakGlass,
]

/** One piece of advice with the change of the program that it asks for. */
export interface ReadyAdvice extends Omit<Advice, 'edits' | 'noEdit'> {
  edits: { file: string; path: string; is: unknown }[]
  /** A unified diff over the program's files; absent with `noEdit`, which says why. */
  diff?: string
  noEdit?: string
  /** What publishing it would be: a widening waits and takes two owners. */
  class?: 'narrowing' | 'widening' | 'neutral'
}

export type Advising =
  | {
      ok: true
      advice: ReadyAdvice[] /** Gates of the program that no numbers are about, and the reverse. */
      unmeasured: string[]
      unknown: string[]
    }
  | { ok: false; remarks: Remark[] }

/**
 * What the two decision frameworks (add a bypass or relax the gate; standing, just-in-time or break-glass) advise of a
 * program and its numbers. Every diff has been applied and read again as a program before it is handed out.
 * docs/program.md "Advice from numbers".
 */
export function advise(files: ProgramFiles, registry: Registry, numbers: readonly GateFacts[]): Advising {
  const compiled = compileProgram(files, registry)
  if (!compiled.ok) return compiled
  const { resolved, source } = compiled
  const gates = Object.values(resolved.gates).filter(gate => !guardsProgram(gate, resolved))
  const factsOf = new Map(numbers.map(facts => [facts.gate, facts]))
  const context = { files, registry, resolved, source }
  const advice = gates.flatMap(gate =>
    rules.flatMap(rule => {
      const given = rule({ program: resolved, gate, facts: factsOf.get(gate.name) })
      return given === undefined ? [] : [made(given, context)]
    }),
  )
  return {
    ok: true,
    advice,
    unmeasured: gates.map(({ name }) => name).filter(name => !factsOf.has(name)),
    unknown: [...factsOf.keys()].filter(name => !Object.hasOwn(resolved.gates, name)),
  }
}

interface Making {
  files: ProgramFiles
  registry: Registry
  resolved: ResolvedProgram
  source: ProgramSource
}

function made({ edits: asked, noEdit, ...advice }: Advice, context: Making): ReadyAdvice {
  // What a gate has by default has no line that could go.
  const edits = asked.filter(edit => applyEdits(context.files, [edit], context) !== context.files)
  if (edits.length === 0) return { ...advice, edits: [], noEdit: noEdit ?? '' }
  const { files, registry, resolved } = context
  const changed = applyEdits(files, edits, context)
  const compiled = compileProgram(changed, registry)
  if (!compiled.ok) return { ...advice, edits: [], noEdit: cannot(edits, compiled.remarks) }
  const { class: one } = classifyChange(resolved, compiled.resolved)
  invariant(one !== 'first', 'there is a program already')
  return {
    ...advice,
    edits: edits.map(edit => ({ file: fileOf(edit, context), path: edit.path.join('.'), is: edit.is })),
    diff: diffOf(files, changed),
    class: one,
  }
}

/** What the rest of the program does not let be changed at the gate, such as a template that others share. */
function cannot(edits: readonly Edit[], [first]: readonly Remark[]): string {
  const where = edits.map(({ path }) => path.join('.')).join(' and ')
  return `Change ${where} by hand: alone it does not fit the rest of the program (${first?.path ?? ''}: ${first?.reason ?? ''}).`
}

/** Each edit in the file that defines its gate. */
function applyEdits(files: ProgramFiles, edits: readonly Edit[], context: Making): ProgramFiles {
  return edits.reduce((changed, edit) => {
    const file = fileOf(edit, context)
    const before = file === files.file ? changed.text : changed.files?.[file]
    invariant(before !== undefined, `${file} was read as a part of the program`)
    const text = editText(before, edit)
    if (text === before) return changed
    return file === files.file ? { ...changed, text } : { ...changed, files: { ...changed.files, [file]: text } }
  }, files)
}

const fileOf = ({ path }: Edit, { source }: Making): string => source.placeOf(path.slice(0, 2)).file

function diffOf(before: ProgramFiles, after: ProgramFiles): string {
  const parts = Object.keys(before.files ?? {}).map(name =>
    unifiedDiff(name, before.files?.[name] ?? '', after.files?.[name] ?? ''),
  )
  return [unifiedDiff(before.file, before.text, after.text), ...parts].join('')
}
