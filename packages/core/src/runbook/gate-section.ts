import { dueHour } from '../calendar/index.ts'
import { fullRef } from '../decide/branches.ts'
import { gatesInForce, isInForce } from '../decide/gates-in-force.ts'
import { durationWords, listWords } from '../decide/words.ts'
import type { ResolvedGate, ResolvedProgram } from '../program/resolved.ts'
import { command, heading, labelled } from './text.ts'

type Allowed = Extract<ResolvedGate['breakGlass'], { kind: 'allowed' }>

/** One gate: what it protects, who may open it, by which command, and what stays shut all the same. */
export function gateSection(program: ResolvedProgram, gate: ResolvedGate): string[] {
  return [
    '',
    ...heading(gate.name, '-'),
    ...labelled('protects', gate.protects),
    ...labelled('guards', `${gate.boundary}; class ${gate.class}; owner ${gate.owner}`),
    ...labelled('on', placesOf(gate)),
    ...labelled('passes by', passesBy(gate)),
    ...labelled('cannot run', unavailable(gate)),
    ...(gate.breakGlass.kind === 'allowed' ? breakable(gate, gate.breakGlass) : safetyNet(gate)),
    ...labelled('stays shut', listWords(staysShut(program, gate), 'nothing else guards this boundary here')),
    ...labelled('afterwards', afterwards(program, gate)),
    ...ownSource(program, gate),
  ]
}

function afterwards({ reviews }: ResolvedProgram, gate: ResolvedGate): string {
  const days = `business day ${reviews.dueBusinessDays} after the last use`
  const signatures = gate.class === 'control' ? 'two signatures' : 'one signature, two without a verified incident'
  return `it closes by itself; review by ${listWords(reviews.reviewers)}, due ${dueHour}:00 ${gate.timezone} on ${days}, ${signatures}`
}

/** Said where it holds, because nobody expects it: the one place where no grant helps. */
function ownSource({ source }: ResolvedProgram, gate: ResolvedGate): string[] {
  if (!source || !isInForce(gate, { repository: source.repository, ref: fullRef(source.ref) })) return []
  return labelled(
    'never',
    `on ${source.ref} of the repository where the program itself lives: no grant opens a gate there`,
  )
}

function breakable(gate: ResolvedGate, terms: Allowed): string[] {
  const bar = terms.incidentAtLeast
  const incident = bar
    ? `an open incident of ${bar} or graver`
    : 'optional; without one the review takes two signatures'
  return [
    ...labelled(
      'who may break',
      `${listWords(terms.who)}${terms.bots.length > 0 ? `; bots ${terms.bots.join(', ')}` : ''}`,
    ),
    ...labelled('incident', incident),
    ...labelled('second person', secondPerson(terms)),
    ...labelled(
      'open for',
      `${durationWords(terms.ttlSeconds)}, ${usesWords(terms.uses)}; ${terms.offline ? 'offline too' : 'online only'}`,
    ),
    ...howToOpen(gate, bar ? ' --incident in_…' : ''),
  ]
}

function safetyNet(gate: ResolvedGate): string[] {
  const fallback = gate.whenItCannotRun
  const net = 'a safety net: once it ran and failed, nothing opens it, in no emergency'
  if (!fallback) return labelled('who may break', `nobody; ${net}`)
  return [
    ...labelled('who may break', `nobody while it runs; ${net}`),
    ...labelled(
      'fallback',
      `when it could not run for ${durationWords(fallback.afterSeconds)}: ${listWords(fallback.who)}, with a second person of ${listWords(fallback.approvers)}, never alone`,
    ),
    ...labelled('open for', `${durationWords(fallback.ttlSeconds)}, ${usesWords(1)}; online only`),
    ...howToOpen(gate, ''),
  ]
}

function secondPerson({ secondPerson: wants, approvers }: Allowed): string {
  if (wants.kind === 'none') return 'not needed'
  const who = `one of ${listWords(approvers)}, never you or an author of the change`
  if (wants.kind === 'required') return `required: ${who}`
  return `${who}; after ${durationWords(wants.waitSeconds)} without an answer it opens solo, and says so`
}

/** The line to type, with as much filled in as the program knows; only what the person alone knows is left open. */
function howToOpen({ name, boundary, on }: ResolvedGate, incident: string): string[] {
  if (boundary === 'operate') {
    // The command line names commits. Better said here than found out at night.
    return labelled('how', 'an operation is asked for by its digest, with POST /api/v1/glass')
  }
  const [only, ...others] = on.repositories
  const repository = only && others.length === 0 ? only.name : '<repository>'
  const [branch = '', ...more] = on.branches
  const ref = more.length > 0 || branch.includes('*') ? '<branch>' : branch
  return command(`breakglass open ${repository}@<commit> --ref ${ref} --gate ${name}${incident} --reason "…"`)
}

const usesWords = (uses: number) => `${uses} use${uses === 1 ? '' : 's'}`

function placesOf({ boundary, on }: ResolvedGate): string {
  const repositories = listWords(
    on.repositories.map(({ name }) => name),
    'no repository',
  )
  return boundary === 'operate' ? repositories : `${repositories}, branches ${on.branches.join(', ')}`
}

function passesBy({ passes }: ResolvedGate): string {
  if (passes.kind === 'check') return `check ${passes.check}`
  if (passes.kind === 'reviews') return `${passes.count} review${passes.count === 1 ? '' : 's'}`
  return `approval of ${passes.environment}`
}

function unavailable({ whenUnavailable }: ResolvedGate): string {
  if (whenUnavailable.kind === 'closed') return 'stays closed'
  return `passes for at most ${durationWords(whenUnavailable.forSeconds)}, loudly; each pass is looked at again and reviewed`
}

/** Every gate that stands at the same boundary of one of its repositories, on a branch of its own or on any other. */
function staysShut(program: ResolvedProgram, gate: ResolvedGate): string[] {
  const { boundary } = gate
  const refs = gate.on.branches.map(branch => `refs/heads/${branch.replaceAll('*', 'x')}`)
  const others = gate.on.repositories.flatMap(({ id: repository }) =>
    refs.flatMap(ref => gatesInForce(program, { repository, ref, boundary })),
  )
  return [...new Set(others.map(({ name }) => name))].filter(name => name !== gate.name).sort()
}
