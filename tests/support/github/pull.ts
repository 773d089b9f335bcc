import type { Conclusion, MergeMethod, Pull, Repository, Review } from './state.ts'
import {
  closePull,
  dismissReview,
  disableAutoMerge,
  editComment,
  enableAutoMerge,
  mergePull,
  openPull,
  reopenPull,
  retarget,
  reviewPull,
  writeComment,
  type NewPull,
} from './actions/pulls.ts'
import { dequeue, enqueue, type Left } from './actions/queue.ts'
import { createCheckRun } from './actions/checks.ts'
import type { Forge } from './actions/refs.ts'

/** A pull request, as a scenario speaks of it. Every action names its actor and happens at the time of the fake's clock. */
export class FakePull {
  readonly number: number
  private readonly forge: Forge
  private readonly repository: Repository

  constructor(forge: Forge, repository: Repository, given: NewPull) {
    this.forge = forge
    this.repository = repository
    this.number = openPull(forge, repository, given).number
  }

  get state(): Readonly<Pull> {
    return this.live()
  }

  get head(): string {
    return this.live().head.sha
  }

  /** The commit that it became; throws what GitHub answers where it refuses. */
  merge(given: { as: string; method?: MergeMethod; sha?: string }): string {
    return mergePull(this.forge, this.repository, this.live(), given)
  }

  close({ as }: { as: string }): void {
    closePull(this.forge, this.repository, this.live(), as)
  }

  reopen({ as }: { as: string }): void {
    reopenPull(this.forge, this.repository, this.live(), as)
  }

  retarget(base: string, { as }: { as: string }): void {
    retarget(this.forge, this.repository, this.live(), base, as)
  }

  review(given: { as: string; state: Review['state']; body?: string }): Review {
    return reviewPull(this.forge, this.repository, this.live(), given)
  }

  approve({ as }: { as: string }): Review {
    return this.review({ as, state: 'APPROVED' })
  }

  dismiss(review: Review, { as }: { as: string }): void {
    dismissReview(this.forge, this.repository, this.live(), review, as)
  }

  comment(body: string, { as }: { as: string }) {
    return writeComment(this.forge, this.repository, this.live(), { as, body })
  }

  editComment(comment: ReturnType<FakePull['comment']>, body: string, { as }: { as: string }): void {
    editComment(this.forge, this.repository, comment, { as, body })
  }

  enableAutoMerge(given: { as: string; method?: MergeMethod }): void {
    enableAutoMerge(this.forge, this.repository, this.live(), given)
  }

  disableAutoMerge({ as }: { as: string }): void {
    disableAutoMerge(this.forge, this.repository, this.live(), as)
  }

  enqueue({ as }: { as: string }) {
    return enqueue(this.forge, this.repository, this.live(), as)
  }

  dequeue(given: { as: string; reason?: Left }): void {
    dequeue(this.forge, this.repository, this.live(), given)
  }

  /** A check of another app on the head, done. */
  check(name: string, conclusion: Conclusion, { app }: { app: string }) {
    return createCheckRun(this.forge, this.repository, app, this.head, { name, conclusion })
  }

  private live(): Pull {
    const pull = this.repository.pulls.get(this.number)
    if (!pull) throw new Error(`expected pull request ${this.number}, found none`)
    return pull
  }
}
