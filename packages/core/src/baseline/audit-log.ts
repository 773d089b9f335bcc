import { branchOf, gateNamed, isFields, listOf, secondsOf, textOf } from './record-fields.ts'
import { type Recorded, type RecordedLanding, type RecordFilter, sameName, Tellings } from './recorded.ts'

const words = {
  refused: 'pushes that a protected branch refused: the gate held, and nothing landed',
  indirect: 'pull requests that were closed because their commits were pushed: whether a gate was passed is unknown',
  protection: 'changes of protection: what landed while it was weaker looks like what passed',
  environment: 'deployments around the protection of an environment: the log has no count of deployments to divide by',
  unpopulated: 'overrides in repositories of which the log has no merge: counted, and in no rate',
  elsewhere: 'of another branch or repository than the one asked about',
  repeated: 'listed more than once, and counted once',
  nobody: 'by nobody the log names: in no person’s count',
  other: 'entries about something else',
}

/** The word that an override without any code goes under. */
const anyRule = 'protected-branch'
/** GitHub's word for a pull request that was not reviewed as its rule asks; rule suites call that rule `pull_request`. */
const spelledOtherwise = new Map([['review-policy-not-satisfied', 'pull-request']])
/** A merge around a rule is written down twice, as merge and as override, within moments. */
const sameMomentSeconds = 10

interface Entry {
  atSeconds: number
  actor?: string
  repository: string
  pullRequest?: string
  /** The gates that it went around; none of a merge. */
  codes: Set<string>
}

/**
 * Reads a GitHub audit log, entry by entry (docs/formats/baseline.md "Audit log"). A landing is a merged pull request or an
 * override of a protected branch; which rules a merge was held to, the log does not say, so a rule is taken to be in force
 * in every repository where it was ever overridden.
 */
export class AuditLog {
  readonly #filter: RecordFilter
  readonly #odd = new Tellings(words)
  readonly #seen = new Set<string>()
  readonly #merges: Entry[] = []
  readonly #overrides = new Map<string, Entry>()

  constructor(filter: RecordFilter = {}) {
    this.#filter = filter
  }

  add(value: unknown): void {
    if (!isFields(value)) return this.#odd.add('other')
    const field = (name: string) => value[name] ?? (isFields(value['data']) ? value['data'][name] : undefined)
    const action = textOf(field('action')) ?? ''
    const kind = kindOf(action)
    if (kind === 'other') return this.#odd.add('other')
    const repository = textOf(field('repo')) ?? textOf(field('repository')) ?? ''
    const branch = textOf(field('branch'))
    if (!this.#isAsked(repository, branch)) return this.#odd.add('elsewhere')
    const id = textOf(field('_document_id'))
    if (id !== undefined && this.#seen.has(id)) return this.#odd.add('repeated')
    if (id !== undefined) this.#seen.add(id)
    if (kind !== 'merge' && kind !== 'override') return this.#odd.add(kind)
    const entry = entryOf(field, repository.toLowerCase())
    if (kind === 'merge') return void this.#merges.push(entry)
    entry.codes = codesOf(field('overridden_codes'), field('reasons'))
    this.#override(entry, field('after') === undefined ? id : `${repository} ${branch} ${field('after')}`)
  }

  end(): Recorded {
    const inForce = new Map<string, Set<string>>()
    for (const { repository, codes } of this.#overrides.values()) {
      const known = inForce.get(repository) ?? new Set()
      inForce.set(repository, new Set([...known, ...codes]))
    }
    const around = [...this.#overrides.values()]
    const populated = new Set(this.#merges.map(({ repository }) => repository))
    const taken = pairsOf(this.#merges, around)
    const landings = [...this.#merges.filter(merge => !taken.has(merge)), ...around].map(entry =>
      this.#landing(entry, inForce.get(entry.repository) ?? new Set(), populated.has(entry.repository)),
    )
    return { landings, odd: this.#odd.list(), remarks: remarksOf(populated.size) }
  }

  #isAsked(repository: string, branch: string | undefined): boolean {
    const { repository: asked, branch: wanted } = this.#filter
    if (asked !== undefined && !sameName(repository, asked)) return false
    // Merges, and older overrides, do not say which branch: they stay in.
    return wanted === undefined || branch === undefined || branchOf(branch) === branchOf(wanted)
  }

  /** One landing around several rules may be several entries. */
  #override(entry: Entry, landing: string | undefined): void {
    const key = landing ?? `#${this.#overrides.size}`
    const known = this.#overrides.get(key)
    if (known === undefined) this.#overrides.set(key, entry)
    else for (const code of entry.codes) known.codes.add(code)
  }

  #landing({ atSeconds, actor, codes }: Entry, inForce: ReadonlySet<string>, isPopulated: boolean): RecordedLanding {
    if (actor === undefined) this.#odd.add('nobody')
    if (!isPopulated) this.#odd.add('unpopulated')
    const passed = [...inForce].filter(gate => !codes.has(gate))
    const who = actor === undefined ? {} : { actor }
    return { atSeconds, ...who, passed, bypassed: [...codes], isPopulated }
  }
}

type Kind = 'merge' | 'override' | 'refused' | 'indirect' | 'protection' | 'environment' | 'other'

const kinds: Readonly<Record<string, Kind>> = {
  'pull_request.merge': 'merge',
  'protected_branch.policy_override': 'override',
  'protected_branch.rejected_ref_update': 'refused',
  'pull_request.indirect_merge': 'indirect',
  'workflows.bypass_protection_rules': 'environment',
}

function kindOf(action: string): Kind {
  if (Object.hasOwn(kinds, action)) return kinds[action] ?? 'other'
  return /^(?:protected_branch|repository_ruleset|repository_branch_protection_evaluation)\./.test(action)
    ? 'protection'
    : 'other'
}

function entryOf(field: (name: string) => unknown, repository: string): Entry {
  const key = textOf(field('deploy_key_fingerprint'))
  const actor = textOf(field('actor_id')) ?? textOf(field('actor')) ?? (key === undefined ? undefined : `key ${key}`)
  const pullRequest = textOf(field('pull_request_id')) ?? textOf(field('pull_request_url'))
  return {
    atSeconds: secondsOf(field('@timestamp')) || secondsOf(field('created_at')),
    ...(actor === undefined ? {} : { actor }),
    repository,
    ...(pullRequest === undefined ? {} : { pullRequest }),
    codes: new Set(),
  }
}

function codesOf(overridden: unknown, reasons: unknown): Set<string> {
  const given = listOf(overridden)
  const all = given.length > 0 ? given : listOf(reasons).map(reason => (isFields(reason) ? reason['code'] : undefined))
  const names = all.map(gateNamed).filter(name => name !== undefined)
  return new Set(names.length > 0 ? names.map(name => spelledOtherwise.get(name) ?? name) : [anyRule])
}

/** The merges that are one landing with an override: by pull request, else by repository, person and moment. */
function pairsOf(merges: readonly Entry[], overrides: readonly Entry[]): Set<Entry> {
  const taken = new Set<Entry>()
  const byPullRequest = Map.groupBy(merges, ({ repository, pullRequest }) => `${repository} ${pullRequest}`)
  const byPerson = Map.groupBy(merges, merge => momentOf(merge))
  const take = (candidates: readonly Entry[] | undefined, fits: (merge: Entry) => boolean) => {
    const merge = candidates?.find(each => !taken.has(each) && fits(each))
    if (merge !== undefined) taken.add(merge)
    return merge !== undefined
  }
  // Those that name their pull request choose first.
  const inTurn = overrides.toSorted((a, b) => Number(a.pullRequest === undefined) - Number(b.pullRequest === undefined))
  for (const override of inTurn) {
    const { repository, pullRequest } = override
    if (pullRequest !== undefined && take(byPullRequest.get(`${repository} ${pullRequest}`), () => true)) continue
    const around = [0, -1, 1].map(step => byPerson.get(momentOf(override, step)))
    around.some(candidates => take(candidates, merge => isSameMoment(merge, override)))
  }
  return taken
}

/** Entries of one moment lie under this key or one beside it. */
const momentOf = ({ repository, actor, atSeconds }: Entry, step = 0) =>
  `${repository} ${actor} ${Math.floor(atSeconds / sameMomentSeconds) + step}`

const isSameMoment = (merge: Entry, override: Entry) =>
  override.actor !== undefined &&
  merge.atSeconds > 0 &&
  Math.abs(merge.atSeconds - override.atSeconds) <= sameMomentSeconds &&
  (merge.pullRequest === undefined || override.pullRequest === undefined)

const remarksOf = (repositories: number): string[] => [
  'The log does not say which rules a merge was held to: a rule counts as in force in every repository where it was ever overridden.',
  'Merges do not say into which branch: those into another than the protected one are counted too.',
  ...(repositories > 1 ? [`${repositories} repositories are counted together.`] : []),
]
