import type { DisclosureView } from '@breakglass/core/contract'
import { type Column, facts, relativeTime, shortInstant } from '@breakglass/report'
import { shortCommit } from './grant.ts'

const branch = (ref: string): string => ref.replace(/^refs\/heads\//, '')

export function disclosureColumns(nowMs: number): Column<DisclosureView>[] {
  return [
    { title: 'disclosure', of: ({ id }) => id },
    { title: 'told', of: ({ at }) => relativeTime(at, nowMs) },
    { title: 'by', of: ({ by, about }) => by?.name ?? (about === 'own' ? 'whoever did it' : 'whoever saw it') },
    { title: 'what', of: ({ repository, ref, commit }) => `${repository.name} ${branch(ref)} ${shortCommit(commit)}` },
    { title: 'gates', of: ({ gates }) => gates.join(', '), flexible: true },
    { title: 'seen later', of: ({ finding }) => finding },
    { title: 'review', of: ({ review }) => review },
  ]
}

/** One of them, with what this person may see. */
export function disclosureLines(disclosure: DisclosureView): string[] {
  const { id, about, at, happenedAt, repository, ref, commit, gates, by, story, review, finding, shared } = disclosure
  const open = story === undefined ? undefined : (story ?? '(erased)')
  return facts([
    ['disclosure', id],
    ['landed', `${repository.name} ${branch(ref)} ${commit}, ${shortInstant(happenedAt)}`],
    ['gates', gates.join(', ')],
    ['told', `${shortInstant(at)} ${about === 'own' ? 'by whoever did it' : 'by whoever saw it'}`],
    ['by', by?.name],
    ['story', open ?? 'for whoever told it, and the gates’ owners'],
    ['shared', shared ? 'with everybody' : 'no'],
    ['seen later', finding],
    ['review', review],
  ])
}
