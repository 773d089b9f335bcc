import type { FollowUpView, RepairView, WaiverView } from '@breakglass/core/contract'
import { type Column, facts, formatDuration, relativeTime, shortInstant, style } from '@breakglass/report'

export const standingWords: Readonly<Record<WaiverView['standing'], string>> = {
  requested: 'waits for the gate’s owner',
  granting: 'waits for the ledger',
  live: 'waived',
  expired: 'over',
  declined: 'declined',
  withdrawn: 'withdrawn',
  void: 'void: nothing was waived',
  ended: 'ended',
}

export function waiverColumns(nowMs: number): Column<WaiverView>[] {
  return [
    { title: 'waiver', of: waiver => waiver.id },
    { title: 'gate', of: waiver => waiver.gate, flexible: true },
    { title: 'where', of: placesOf, flexible: true },
    { title: 'owner', of: waiver => waiver.owner.name },
    { title: 'since', of: waiver => relativeTime(waiver.since, nowMs) },
    { title: 'renewed', of: waiver => waiver.renewals },
    { title: 'ends', of: ({ expiresAt }) => (expiresAt === undefined ? undefined : relativeTime(expiresAt, nowMs)) },
    { title: 'standing', of: waiver => standingWords[waiver.standing] },
  ]
}

const placesOf = ({ places }: WaiverView): string =>
  places.map(({ repository, ref }) => `${repository.name} ${ref.replace(/^refs\/heads\//, '')}`).join(', ')

/** One waiver, whole. */
export function waiverLines(waiver: WaiverView): string[] {
  const ledger = waiver.places.flatMap(place => (place.ledger === undefined ? [] : [`#${place.ledger.index}`]))
  const missing = waiver.approvalsNeeded - waiver.approvers.length
  return [
    `${style.bold(waiver.gate)}  ${standingWords[waiver.standing]}`,
    ...facts([
      ['waiver', waiver.id],
      ['where', placesOf(waiver)],
      ['reason', waiver.reason ?? '(erased)'],
      ['asked by', waiver.requester.name],
      ['owner', waiver.owner.name],
      ['lasts', formatDuration(waiver.seconds)],
      ['until', waiver.expiresAt === undefined ? undefined : shortInstant(waiver.expiresAt)],
      ['approved', waiver.approvers.map(({ name }) => name).join(', ') || undefined],
      [
        'waits for',
        waiver.standing === 'requested'
          ? `${missing} of ${waiver.mayApprove.map(({ name }) => name).join(', ')}`
          : undefined,
      ],
      [
        'waived since',
        waiver.renewals === 0 ? undefined : `${shortInstant(waiver.since)}, renewed ${waiver.renewals} times`,
      ],
      ['review', waiver.review],
      ['ledger', ledger.join(', ') || undefined],
    ]).map(line => `  ${line}`),
  ]
}

export const repairColumns: Column<RepairView>[] = [
  { title: 'repair', of: repair => repair.id },
  { title: 'gate', of: repair => repair.gate, flexible: true },
  { title: 'cause', of: repair => repair.cause.replaceAll('_', ' ') },
  { title: 'owner', of: repair => repair.owner.name },
  { title: 'sponsor', of: repair => repair.sponsor.name },
  { title: 'due', of: repair => `${repair.dueOn}${repair.late ? ', late' : ''}` },
  { title: 'state', of: repair => repair.state },
  { title: 'effect', of: repair => repair.effect?.verdict.replaceAll('_', ' ') },
]

export function repairLines(repair: RepairView): string[] {
  return [
    `${style.bold(repair.gate)}  ${repair.state}${repair.late ? ', late' : ''}`,
    ...facts([
      ['repair', repair.id],
      ['cause', repair.cause.replaceAll('_', ' ')],
      ['plan', repair.plan ?? '(erased)'],
      ['put off for it', repair.paused ?? '(erased)'],
      ['owner', repair.owner.name],
      ['sponsor', repair.sponsor.name],
      ['due', repair.dueOn],
      ['opened', `${shortInstant(repair.openedAt)} by ${repair.openedBy.name}`],
      ['ended', repair.endedAt === undefined ? undefined : shortInstant(repair.endedAt)],
      ['how it went', repair.note === null ? '(erased)' : repair.note],
      ['effect', repair.effect?.verdict.replaceAll('_', ' ')],
    ]).map(line => `  ${line}`),
  ]
}

export const followUpColumns: Column<FollowUpView>[] = [
  { title: 'follow-up', of: followUp => followUp.id },
  { title: 'gate', of: followUp => followUp.gate, flexible: true },
  { title: 'what', of: followUp => followUp.text ?? '(erased)', flexible: true },
  { title: 'owner', of: followUp => followUp.owner.name },
  { title: 'due', of: followUp => `${followUp.dueOn}${followUp.late ? ', late' : ''}` },
  { title: 'done', of: ({ doneAt }) => (doneAt === undefined ? undefined : shortInstant(doneAt)) },
]
