import { resolveMembers } from '../decide/members.ts'
import type { Role, Roster } from '../decide/types.ts'
import { type ReviewState, reviewCan } from './edges.ts'
import type { ReviewForm } from './words.ts'

/** Whoever wants to answer or sign. */
export interface Signer {
  person: string
  kind: 'human' | 'bot'
  roles: readonly Role[]
}

/** What is known of a review when somebody wants to sign it. */
export interface ReviewFacts {
  state: ReviewState
  /** Absent where a landing was found and nobody is known. */
  actor?: string
  /** Who has answered; the actor, or on a finding without one whoever explained it. */
  answeredBy: readonly string[]
  approvers: readonly string[]
  authors: readonly string[] | 'unknown'
  deployers: readonly string[]
  signedBy: readonly string[]
}

export type SignRefusal =
  | 'wrong_state'
  | 'admin_may_not'
  | 'bot_may_not'
  | 'is_actor'
  | 'is_approver'
  | 'is_author'
  | 'is_deployer'
  | 'is_answerer'
  | 'already_signed'
  | 'not_a_reviewer'
  | 'not_answered'

export type MaySign = { ok: true } | { ok: false; code: SignRefusal; words: string }

/**
 * Whether this person may sign this review now. `reviewers` are references of the program in force, `roster` is as of
 * signing: who was a reviewer at the time of use does not matter, who is one now does.
 */
export function maySign(given: {
  reviewer: Signer
  review: ReviewFacts
  reviewers: readonly string[]
  roster: Roster
  /** The reviewer states that the actor cannot be asked. */
  actorUnavailable: boolean
}): MaySign {
  const { reviewer, review, reviewers, roster, actorUnavailable } = given
  const { person } = reviewer
  if (!reviewCan.sign(review)) return no('wrong_state', `the review is ${review.state}; there is nothing to sign`)
  const independence = independenceOf(reviewer, review)
  if (independence) return independence
  if (review.signedBy.includes(person))
    return no('already_signed', 'you have signed it; the second signature is of somebody else')
  if (!resolveMembers(reviewers, roster).people.has(person)) {
    return no(
      'not_a_reviewer',
      `the program names ${reviewers.join(', ')} as reviewers, and you are not among them now`,
    )
  }
  if (review.answeredBy.length === 0 && !actorUnavailable) {
    return no('not_answered', 'the actor has not answered yet; ask them, or state that they cannot be asked')
  }
  return { ok: true }
}

/** Nobody judges what they did, agreed to, wrote or carried out; nobody who manages credentials judges at all. */
function independenceOf(reviewer: Signer, review: ReviewFacts): MaySign | undefined {
  const { person, kind, roles } = reviewer
  if (roles.includes('admin'))
    return no('admin_may_not', 'an administrator manages people and credentials, and reviews nothing')
  if (kind === 'bot') return no('bot_may_not', 'a review is signed by a human')
  if (person === review.actor) return no('is_actor', 'you broke the glass; somebody else reviews it')
  if (review.approvers.includes(person)) return no('is_approver', 'you approved the grant; somebody else reviews it')
  if (review.authors !== 'unknown' && review.authors.includes(person)) {
    return no('is_author', 'you wrote the change; somebody else reviews it')
  }
  if (review.deployers.includes(person)) return no('is_deployer', 'you deployed the change; somebody else reviews it')
  if (review.answeredBy.includes(person)) return no('is_answerer', 'you answered this review; somebody else signs it')
  return undefined
}

/** Whether this person may give the actor's account: the actor, or where nobody is known, anybody but an administrator. */
export function mayAnswer(
  person: Signer,
  review: ReviewFacts,
): MaySign | { ok: false; code: 'not_the_actor'; words: string } {
  if (!reviewCan.answer(review)) return no('wrong_state', `the review is ${review.state}; there is nothing to answer`)
  if (person.roles.includes('admin'))
    return no('admin_may_not', 'an administrator breaks no glass and answers for none')
  if (review.signedBy.includes(person.person))
    return no('already_signed', 'you have signed this review; you cannot answer it too')
  if (review.actor === undefined || review.actor === person.person) return { ok: true }
  return {
    ok: false,
    code: 'not_the_actor',
    words: 'only who broke the glass answers; a reviewer may state that they cannot be asked',
  }
}

/** Two, where less is known or more is at stake: no verified incident, or a gate that guards safety or security. */
export function signOffsNeeded(review: {
  form: ReviewForm
  incidentVerified: boolean
  gateClass: 'control' | 'quality' | 'advisory'
}): 1 | 2 {
  if (review.form === 'short') return 1
  return review.incidentVerified && review.gateClass !== 'control' ? 1 : 2
}

const no = (code: SignRefusal, words: string) => ({ ok: false as const, code, words })
