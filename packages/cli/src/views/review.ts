import type { ReviewView } from '@breakglass/core/contract'
import { reviewQuestions } from '@breakglass/core/review'
import { type Column, facts, relativeTime, shortInstant, style } from '@breakglass/report'

const subjects: Record<ReviewView['of'], string> = {
  use: 'a use of a grant',
  unused_grant: 'a grant nobody used',
  finding: 'a finding',
  passed_unavailable: 'a pass while the gate could not run',
  late_use: 'a use after its time',
  waiver_renewal: 'a waiver that was renewed',
  disclosure: 'what somebody told of',
}

export function reviewColumns(nowMs: number): Column<ReviewView>[] {
  return [
    { title: 'review', of: review => review.id },
    { title: 'of', of: review => subjects[review.of], flexible: true },
    { title: 'gate', of: review => review.gate, flexible: true },
    { title: 'who', of: review => review.actor?.name },
    { title: 'state', of: review => review.state.replaceAll('_', ' ') },
    { title: 'due', of: review => dueOf(review, nowMs) },
  ]
}

export function dueOf(review: ReviewView, nowMs: number): string {
  if (review.state === 'signed' || review.state === 'closed_by_system') return review.late ? 'signed late' : 'done'
  if (review.dueAt === undefined) return 'once shut'
  const when = relativeTime(review.dueAt, nowMs)
  if (review.overdue) return style.red(`OVERDUE, ${when}`)
  return review.provisional ? `${when} (provisional)` : when
}

export function reviewLines(review: ReviewView, nowMs: number): string[] {
  const { answer } = review
  return [
    `${style.bold(review.id)}  of ${subjects[review.of]} (${review.subject}), gate ${review.gate}: ${review.state.replaceAll('_', ' ')}`,
    ...indent(
      facts([
        ['actor', review.actor?.name],
        ['opened', shortInstant(review.openedAt)],
        [
          'due',
          review.dueAt === undefined ? dueOf(review, nowMs) : `${shortInstant(review.dueAt)} (${dueOf(review, nowMs)})`,
        ],
        ['sign-offs', `${review.signOffs.length} of ${review.signOffsNeeded}`],
        ...Object.entries(review.prefilled).map(([name, value]): [string, string] => [name, value]),
      ]),
    ),
    ...section('the account', answer === undefined ? ['not given yet'] : answerLines(review, answer)),
    ...section('signed', review.signOffs.flatMap(signOffLines)),
    ...section('to look at', review.remarks),
  ]
}

function answerLines(review: ReviewView, answer: NonNullable<ReviewView['answer']>): string[] {
  const told = reviewQuestions[review.form].flatMap(({ field, words }) => {
    const value = answer[field]
    return value === undefined
      ? []
      : [words, ...indent(String(value === true ? 'yes' : value === false ? 'no' : value).split('\n'))]
  })
  return [`by ${answer.by.name}, ${shortInstant(answer.at)}`, ...told]
}

function signOffLines(signOff: ReviewView['signOffs'][number]): string[] {
  const { by, at, decision, gateVerdict, securityImpact, followUps, noFollowUpReason, words } = signOff
  return [
    `by ${by.name}, ${shortInstant(at)}: ${decision.replaceAll('_', ' ')}; gate: ${gateVerdict.replaceAll('_', ' ')}; security impact ${securityImpact}`,
    ...followUps.map(({ owner, dueOn, text }) => `  follow-up by ${owner} until ${dueOn}: ${text}`),
    ...(noFollowUpReason === undefined ? [] : [`  no follow-up: ${noFollowUpReason}`]),
    ...(words === undefined ? [] : indent(words.split('\n'))),
  ]
}

const section = (title: string, lines: readonly string[]) =>
  lines.length === 0 ? [] : ['', style.bold(title), ...indent(lines)]
const indent = (lines: readonly string[]) => lines.map(line => `  ${line}`)
