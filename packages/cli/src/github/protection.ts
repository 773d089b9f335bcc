import type { GithubClient } from '@breakglass/github/api'
import { type Answer, type BranchAnswers, lookAtBranch, type Looked } from '@breakglass/github/protection'
import { msToInstant } from '@breakglass/verify'
import { z } from 'zod'
import { textOrNothing } from '../point/journal.ts'
import { newEventId, type Point } from '../point/point.ts'
import { gatesAt, type Place } from './look.ts'

export interface Looking {
  client: GithubClient
  /** `owner/name`. */
  name: string
  app: string
  nowMs: number
}

/** How strongly GitHub holds each gate at each branch that the program names, as far as the app may read it. */
export async function lookAtProtection(
  { client, name, app, nowMs }: Looking,
  place: Place,
): Promise<{ branch: string; looked: Looked[] }[]> {
  const base = `/repos/${name}`
  const about = repository.safeParse((await client.answer(base)).body)
  const seen: { branch: string; looked: Looked[] }[] = []
  for (const branch of branchesNamed(place)) {
    const ref = `refs/heads/${branch}`
    const isDefault = about.success && about.data.default_branch === branch
    const taken = { at: nowMs, source: 'poll', app } as const
    const answers = await answersOf(client, base, branch)
    seen.push({ branch, looked: lookAtBranch(answers, { ref, isDefault }, gatesAt(place, ref), taken).looked })
  }
  return seen
}

const repository = z.object({ default_branch: z.string() })

/** A pattern names no branch that could be looked at by itself. */
export function branchesNamed({ program, repository: { forge, host, id } }: Place): string[] {
  const here = Object.values(program.gates).filter(
    ({ on, boundary }) =>
      boundary === 'merge' &&
      on.repositories.some(({ id: one }) => one.forge === forge && one.host === host && one.id === id),
  )
  return [...new Set(here.flatMap(({ on }) => on.branches.filter(pattern => !/[*?[{]/.test(pattern))))].sort()
}

const listed = z.array(z.object({ id: z.union([z.number(), z.string()]).transform(String) }))

async function answersOf(client: GithubClient, base: string, branch: string): Promise<BranchAnswers> {
  const mayRead = 'administration' in (await client.rights())
  const name = encodeURIComponent(branch)
  const rulesets = await client.answer(`${base}/rulesets?includes_parents=true&per_page=100`)
  const ids = listed.safeParse(rulesets.body)
  const details = new Map<string, Answer>()
  for (const { id } of ids.success ? ids.data : []) details.set(id, await client.answer(`${base}/rulesets/${id}`))
  return {
    rules: await client.answer(`${base}/rules/branches/${name}?per_page=100`),
    rulesets,
    details,
    classic: mayRead ? await client.answer(`${base}/branches/${name}/protection`) : { status: 403 },
  }
}

export interface Standing {
  off: string[]
  weaker: string[]
}

/** What is not as it should be. What could not be read is neither: nothing is told of it. */
export function standingOf(seen: readonly { looked: readonly Looked[] }[]): Standing {
  const all = seen.flatMap(({ looked }) => looked)
  const named = (of: readonly Looked[]) => [...new Set(of.map(({ gate }) => gate))].sort()
  const off = named(all.filter(({ found }) => ['off', 'evaluate', 'unpinned'].includes(found.strength)))
  const weaker = named(
    all.filter(
      ({ found }) =>
        found.strength === 'enforced_admins_exempt' || (found.strength === 'enforced' && found.exempt === 'some'),
    ),
  )
  return { off, weaker: weaker.filter(gate => !off.includes(gate)) }
}

/** Tells a change, once; and what was so at the first look, if it is not as it should be. */
export function reportStanding({ journal, now }: Point, standing: Standing): string[] {
  const text = JSON.stringify(standing)
  const whole = JSON.stringify({ off: [], weaker: [] } satisfies Standing)
  return journal.inTransaction(() => {
    // The column in which a point at a git server keeps the state of its hook.
    const before = textOrNothing(journal.get('select hook_state from memory'), 'hook_state') ?? whole
    if (before === text) return []
    journal.run('update memory set hook_state = ?', text)
    const observation = { kind: 'protection', delivery: newEventId(), at: msToInstant(now()), ...standing }
    journal.run(
      'insert into observation (delivery, body) values (?, ?)',
      observation.delivery,
      JSON.stringify(observation),
    )
    if (text === whole) return ['protection: every gate is required as it should be']
    const { off, weaker } = standing
    return [
      ...(off.length === 0 ? [] : [`protection: NOT REQUIRED: ${off.join(', ')}`]),
      ...(weaker.length === 0 ? [] : [`protection: somebody may go around ${weaker.join(', ')}`]),
    ]
  })
}
