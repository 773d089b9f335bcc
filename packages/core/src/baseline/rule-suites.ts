import { branchOf, type Fields, gateNamed, isFields, listOf, secondsOf, textOf } from './record-fields.ts'
import { type Recorded, type RecordedLanding, type RecordFilter, sameName, Tellings } from './recorded.ts'

const words = {
  refused: 'pushes that a rule refused: the gate held, and nothing landed',
  elsewhere: 'of another branch or repository than the one asked about',
  no_branch: 'updates of a tag or of a merge queue’s own branch: no landings',
  repeated: 'listed more than once, and counted once',
  unknown: 'with a result that is neither pass, fail nor bypass, or without one: in no count',
  nobody: 'by nobody the listing names: in no person’s count',
}

/** The gate that every suite is a passage of: whatever rules there were, taken together. */
const allRules = 'rules'

/**
 * Reads what GitHub lists of rule suites, one call a suite (docs/formats/baseline.md "Rule suites"). Unknown fields are
 * left alone and unknown results counted: the forge adds to both.
 */
export class RuleSuites {
  readonly #filter: RecordFilter
  readonly #odd = new Tellings(words)
  readonly #seen = new Set<string>()
  readonly #landings: RecordedLanding[] = []
  readonly #repositories = new Set<string>()
  #detailed = 0

  constructor(filter: RecordFilter = {}) {
    this.#filter = filter
  }

  add(value: unknown): void {
    if (!isFields(value)) return this.#odd.add('unknown')
    const { ref = '', repository = '' } = placeOf(value)
    if (!this.#isAsked(ref, repository)) return this.#odd.add('elsewhere')
    if (!isLandingRef(ref)) return this.#odd.add('no_branch')
    const key = textOf(value['id']) ?? JSON.stringify([repository, ref, value['after_sha'], value['pushed_at']])
    if (this.#seen.has(key)) return this.#odd.add('repeated')
    this.#seen.add(key)
    const result = value['result']
    if (result === 'fail') return this.#odd.add('refused')
    if (result !== 'pass' && result !== 'bypass') return this.#odd.add('unknown')
    this.#repositories.add(repository.toLowerCase())
    this.#landings.push(this.#landing(value, result))
  }

  end(): Recorded {
    const without = this.#landings.length - this.#detailed
    return {
      landings: this.#landings,
      odd: this.#odd.list(),
      remarks: [
        'Whoever is exempt from a ruleset leaves no bypass in this listing.',
        ...(this.#repositories.size > 1 ? [`${this.#repositories.size} repositories are counted together.`] : []),
        ...(this.#detailed > 0 && without > 0
          ? [`${without} suites do not say which rules were asked: they count for “${allRules}” alone.`]
          : []),
      ],
    }
  }

  #isAsked(ref: string, repository: string): boolean {
    const { branch, repository: asked } = this.#filter
    if (branch !== undefined && branchOf(ref) !== branchOf(branch)) return false
    // A repository's own listing names it without its owner.
    return asked === undefined || sameName(repository, asked) || sameName(repository, asked.split('/').at(-1) ?? '')
  }

  #landing(suite: Fields, result: 'pass' | 'bypass'): RecordedLanding {
    const actor = textOf(suite['actor_id']) ?? textOf(suite['actor_name'])
    if (actor === undefined) this.#odd.add('nobody')
    const rules = rulesOf(suite)
    if (rules.size > 0) this.#detailed += 1
    const gates = [[allRules, result] as const, ...rules]
    return {
      atSeconds: secondsOf(suite['pushed_at']),
      ...(actor === undefined ? {} : { actor }),
      passed: gates.flatMap(([gate, how]) => (how === 'pass' ? [gate] : [])),
      bypassed: gates.flatMap(([gate, how]) => (how === 'bypass' ? [gate] : [])),
      isPopulated: true,
    }
  }
}

function placeOf(suite: Fields): { ref?: string; repository?: string } {
  const ref = textOf(suite['ref'])
  const repository = textOf(suite['repository_name'])
  return { ...(ref === undefined ? {} : { ref }), ...(repository === undefined ? {} : { repository }) }
}

const isLandingRef = (ref: string) => !/^refs\/(?!heads\/)/.test(ref) && !branchOf(ref).startsWith('gh-readonly-queue/')

/** By kind of rule; several rulesets may ask for one, and one that failed is enough. What is only tried out is no gate. */
function rulesOf(suite: Fields): Map<string, 'pass' | 'bypass'> {
  const rules = new Map<string, 'pass' | 'bypass'>()
  for (const evaluation of listOf(suite['rule_evaluations'])) {
    if (!isFields(evaluation) || (evaluation['enforcement'] ?? 'active') !== 'active') continue
    const gate = gateNamed(evaluation['rule_type'])
    const result = evaluation['result']
    if (gate === undefined || (result !== 'pass' && result !== 'fail')) continue
    if (result === 'fail') rules.set(gate, 'bypass')
    else if (!rules.has(gate)) rules.set(gate, 'pass')
  }
  return rules
}
