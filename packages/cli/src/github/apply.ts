import type { CheckRun, GithubClient, GithubRepository, RunToUpdate } from '@breakglass/github/api'
import { checkNameOf, isShut, type Patch, reconcile, type RunAsIs, type RunFields } from '@breakglass/github/checks'
import type { Point } from '../point/point.ts'
import { runAsIs } from './look.ts'
import { type Green, greens, markRed, recordGreen, recordSaid } from './record.ts'
import type { Wanted } from './wanted.ts'

/** Looked at every half minute: an answer that nothing is there costs a request each time. */
export interface Watched {
  client: GithubClient
  name: string
  lookedAtMs?: number
}

export interface Forge {
  repository: GithubRepository
  /** The id of our app, as runs name it. */
  app: string
  /** What the branch requires, with whatever the app may read; absent: it is not looked at. */
  protection?: Watched
}

/**
 * Makes our runs what they should be. What may turn green is written down before it is asked for, so that a crash in between
 * leaves a run that the next turn knows of. Lines are for people.
 */
export async function applyWanted(point: Point, forge: Forge, wanted: readonly Wanted[]): Promise<string[]> {
  const lines: string[] = []
  const byHead = Map.groupBy(wanted, ({ pull }) => pull.atSha)
  for (const [sha, states] of byHead) {
    const runs = states[0]?.pull.runs ?? []
    const { patches, foreign } = reconcile(
      runs.map(runAsIs),
      states.map(({ state }) => state),
      forge.app,
    )
    for (const { name, app } of foreign)
      lines.push(`not ours: ${name} on ${sha.slice(0, 12)} was set by the app ${app ?? 'unknown'}`)
    noteUnchanged(point, states, patches)
    for (const patch of patches) lines.push(...(await applyPatch(point, forge, { patch, states, runs })))
  }
  return lines
}

/** What is as it should be already was set before a crash, or by a turn whose answer was lost. */
function noteUnchanged(point: Point, states: readonly Wanted[], patches: readonly Patch[]): void {
  const changed = new Set(patches.map(nameOf(states)))
  for (const one of states) if (!changed.has(one.state.name)) note(point, one, point.now())
}

const nameOf =
  (states: readonly Wanted[]) =>
  (patch: Patch): string | undefined => {
    if (patch.do === 'create') return patch.name
    const run = states[0]?.pull.runs.find(({ id }) => id === patch.run)
    return run?.name
  }

interface Matter {
  patch: Patch
  states: readonly Wanted[]
  runs: readonly CheckRun[]
}

async function applyPatch(point: Point, { repository }: Forge, { patch, states }: Matter): Promise<string[]> {
  const name = nameOf(states)(patch)
  const one = states.find(({ state }) => state.name === name)
  if (one?.grant) recordGreen(point.journal, greenOf(one, one.grant))
  const fields = fieldsOf(patch.fields)
  const run =
    patch.do === 'create'
      ? await repository.createRun({ name: patch.name, head_sha: patch.commit, ...fields })
      : await repository.updateRun(patch.run, fields)
  if (one === undefined) return []
  note(point, one, run.completed_at ?? point.now())
  return [`#${one.pull.number} ${one.gate.name}: ${one.state.title}`]
}

const greenOf = ({ pull, gate }: Wanted, { id, expiresAtMs, uses }: NonNullable<Wanted['grant']>) => ({
  grant: id,
  commit: pull.at,
  head: pull.head,
  gate: gate.name,
  ref: pull.ref,
  number: pull.number,
  uses,
  expiresAtMs,
})

const note = (point: Point, { pull, gate, said }: Wanted, atMs: number): void =>
  recordSaid(point.journal, { commit: pull.at, gate: gate.name, atMs }, said)

const fieldsOf = ({ status, conclusion, title, summary, actions, externalId }: RunFields): RunToUpdate => ({
  status,
  ...(conclusion !== undefined && { conclusion }),
  external_id: externalId,
  output: { title, summary },
  actions,
})

/** Runs that a grant turned green and that no state asks for any more. */
export function leftOver(point: Point, wanted: readonly Wanted[]): Green[] {
  const isAsked = ({ grant, commit }: Green) => wanted.some(one => one.grant?.id === grant && one.pull.at === commit)
  return greens(point.journal).filter(one => !one.isRed && !isAsked(one))
}

/** Those whose grant is over by the clock alone, and that no other grant holds open: whatever else cannot be learned. */
export function expired(point: Point): Green[] {
  const all = greens(point.journal).filter(({ isRed }) => !isRed)
  const isOver = ({ expiresAtMs }: Green) => point.now() >= expiresAtMs
  const isHeld = ({ commit, gate }: Green) =>
    all.some(one => one.commit === commit && one.gate === gate && !isOver(one))
  return all.filter(one => isOver(one) && !isHeld(one))
}

/**
 * Takes back what a grant had turned green, and reads it back. What passes by itself, or by another grant, is not red and is not
 * held by this grant any more either. Asked also when few requests are left.
 */
export async function shut(
  point: Point,
  { repository, app }: Forge,
  { left, wanted }: { left: readonly Green[]; wanted: readonly Wanted[] },
): Promise<string[]> {
  const lines: string[] = []
  for (const green of left) {
    const sha = green.commit.slice(green.commit.indexOf(':') + 1)
    const name = checkNameOf(green.gate)
    const other = wanted.find(one => one.pull.at === green.commit && one.gate.name === green.gate)
    if (other?.state.conclusion !== 'success') {
      const urgent = { isUrgent: true }
      const ours = (await repository.runs(sha, urgent)).map(runAsIs).filter(run => run.name === name)
      for (const patch of reconcile(ours, [], app).patches) {
        if (patch.do === 'update') await repository.updateRun(patch.run, fieldsOf(patch.fields))
      }
      const again = (await repository.runs(sha, urgent)).map(runAsIs)
      if (!isShut(again, { name, commit: sha, app }) && again.some(isOurGreen(green, app))) continue
      recordSaid(point.journal, { commit: green.commit, gate: green.gate, atMs: point.now() }, { opens: 'closed' })
    }
    markRed(point.journal, green, point.now())
    lines.push(`#${green.number} ${green.gate}: red again`)
  }
  return lines
}

const isOurGreen =
  ({ grant }: Green, app: string) =>
  (run: RunAsIs): boolean =>
    run.app === app && run.externalId === `grant:${grant}` && run.conclusion === 'success'
