import type { ClosedPush, PushVerdict } from './hook.ts'
import { type GateVerdict, isClosed } from './judge.ts'
import type { Judged } from './landing.ts'
import { shortOf } from './object-id.ts'
import { plain } from './plain.ts'

/** What the person who pushes reads: a block for each branch, a line for each gate, and what to do. */
export function wordsOfPush(verdict: PushVerdict): string[] {
  if (verdict.outcome === 'unprotected') return []
  if (verdict.outcome === 'closed') return wordsOfClosed(verdict).map(plain)
  const used = verdict.landings.some(({ verdicts }) => verdicts.some(one => !isClosed(one) && one.opens !== 'pass'))
  if (!used) return []
  return [
    '',
    ...verdict.landings.flatMap(blockOf),
    'breakglass: open. Each use of a grant is recorded and will be reviewed.',
    '',
  ].map(plain)
}

function wordsOfClosed({ code, words, remedy, landings, offlineBecause }: ClosedPush): string[] {
  const offline = offlineBecause === undefined ? [] : [`breakglass: the server took no part: ${offlineBecause}`]
  const blocks = landings.flatMap(blockOf)
  const own = code === 'gates' ? [] : [`breakglass: closed (${code}): ${words}`]
  const next = remedy === undefined ? [] : [`  next: ${remedy}`]
  return ['', ...blocks, ...own, ...next, ...offline, 'breakglass: nothing was pushed.', '']
}

function blockOf({ update, target, gates, shape, verdicts }: Judged): string[] {
  const alias = update.ref === target ? '' : ` (by the symbolic ref ${update.ref})`
  const move = `${update.old === undefined ? 'new' : shortOf(update.old)}..${update.new === undefined ? 'deleted' : shortOf(update.new)}`
  const head = `breakglass: ${target}${alias} ${move}`
  if (shape !== undefined) return [head, `  closed: ${shape.words}`, `  next: ${shape.remedy}`]
  return [head, ...verdicts.flatMap((verdict, index) => gateLines(verdict, gates[index]?.protects))]
}

const openWords = {
  pass: 'it passed',
  grant: 'by a grant',
  waiver: 'by a waiver',
  pass_when_unavailable: 'it could not run, and the program lets it pass for now',
  not_in_force: 'it is not in force here',
} as const

export function gateLines(verdict: GateVerdict, protects?: string): string[] {
  if (!isClosed(verdict)) {
    const name = verdict.use === undefined ? '' : ` ${verdict.use.grant}`
    return [`  ${verdict.gate}: open, ${openWords[verdict.opens]}${name}`]
  }
  return [
    `  ${verdict.gate}: closed, ${verdict.words}`,
    ...(protects === undefined ? [] : [`    it protects: ${protects}`]),
    ...verdict.also.map(words => `    also: ${words}`),
    `    next: ${verdict.remedy}`,
  ]
}
