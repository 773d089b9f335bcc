import type { Rates } from '@breakglass/core/metrics'
import type { ResolvedGate } from '@breakglass/core/program'
import { msToInstant } from '@breakglass/verify'
import { repositoryKey } from '../facts/repositories.ts'
import type { Rx } from '../store/store.ts'
import type { Span } from './histories.ts'
import { type Hook, hooksSince, pauseMsMax, watchedShare } from './watching.ts'

export interface Coverage {
  /** Known ÷ all passages; absent where there were none. */
  known?: number
  unknown: number
  /** For what share of the time a hook of each repository was in contact; the least watched one counts. */
  watched?: number
  corrections: number
  words: string[]
}

/** What could not be seen of each gate (docs/landings.md "What is not known"): one look for all gates. */
export async function coverageOf(
  rx: Rx,
  { shown, atMs }: { shown: Span; atMs: number },
): Promise<(gate: ResolvedGate, rates: Rates) => Coverage> {
  const fromMs = Date.parse(`${shown.from}T00:00:00Z`)
  const hooks = await hooksSince(rx, fromMs)
  const corrections = await correctionsSince(rx, fromMs)
  return (gate, { coverage: known, unknown }) => {
    const guarded = gate.boundary === 'merge' ? gate.on.repositories : []
    const seen = guarded.map(({ id, name }) => seenOf(name, hooks.get(repositoryKey(id)) ?? [], { fromMs, atMs }))
    const watched = seen.flatMap(each => each.watched ?? [])
    return {
      ...(known !== undefined && { known }),
      unknown,
      ...(watched.length > 0 && { watched: Math.min(...watched) }),
      corrections: corrections.get(gate.name) ?? 0,
      words: [...ofUnknown(unknown), ...ofBoundary(gate), ...seen.flatMap(each => each.words)],
    }
  }
}

/** What landings rest on, by who tells them. */
const restsOn: Record<Hook['point']['kind'], string> = {
  git_hook:
    'A push that the hook let through counts as landed: the watcher tells only of what the hook did not let through.',
  github:
    'What landed is told by the point on GitHub, by what its own runs had said then, and by what the forge required as far as its app may read.',
  ci: '',
}

function seenOf(
  name: string,
  hooks: readonly Hook[],
  { fromMs, atMs }: { fromMs: number; atMs: number },
): { watched?: number; words: string[] } {
  if (hooks.length === 0) {
    return { words: [`${name} has no hook and no point on its forge: what lands there is not seen and not counted.`] }
  }
  const since = Math.max(fromMs, Math.min(...hooks.map(({ point }) => point.registered_at)))
  const watched = watchedShare(hooks, { fromMs: since, untilMs: atMs })
  const last = Math.max(0, ...hooks.flatMap(hook => hook.stretches.map(({ untilMs }) => untilMs)))
  const words = [...new Set(hooks.map(({ point }) => restsOn[point.kind]))]
  if (last === 0) words.push(`${name}: nobody has been in contact, so what landed past the hook is not known.`)
  else if (atMs - last > pauseMsMax) {
    words.push(`${name}: no contact since ${msToInstant(last)}; what landed since is not known.`)
  }
  return { watched, words }
}

const ofUnknown = (unknown: number): string[] =>
  unknown === 0 ? [] : [`Of ${unknown} passages the outcome is not known; they are in no rate.`]

const ofBoundary = ({ boundary }: ResolvedGate): string[] =>
  boundary === 'merge' ? [] : ['Only runs that were made through breakglass gate run are counted.']

async function correctionsSince(rx: Rx, fromMs: number): Promise<Map<string, number>> {
  const rows = await rx.db
    .selectFrom('correction')
    .select(eb => ['gate', eb.fn.countAll<number>().as('count')])
    .where('at', '>=', fromMs)
    .groupBy('gate')
    .execute()
  return new Map(rows.map(({ gate, count }) => [gate, count]))
}
