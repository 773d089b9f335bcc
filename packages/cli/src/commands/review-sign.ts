import { contract } from '@breakglass/core/contract'
import { gateVerdicts, reviewDecisions, reviewSignOff, securityImpacts, signOffFaults } from '@breakglass/core/review'
import { connect, serverNow } from '../client/connect.ts'
import { whichReview } from '../client/which-review.ts'
import { defineCommand } from '../framework/command.ts'
import { mayAsk } from '../framework/prompt.ts'
import { usageError } from '../framework/usage-error.ts'
import { askSignOff, type PartialSignOff } from '../review/ask-sign-off.ts'
import { parseFollowUp } from '../review/follow-up.ts'
import { readForm } from '../review/read-file.ts'
import { reviewLines } from '../views/review.ts'

const unknowable = ['no', 'yes', 'unknown'] as const

export const command = defineCommand({
  positionals: [
    { name: 'review', summary: 'the review (rv_…); absent: the only one that waits for you', optional: true },
  ],
  options: {
    file: { type: 'text', value: 'FILE.json', summary: 'the sign-off as JSON; options beside it win' },
    decision: { type: 'text', choices: reviewDecisions, summary: 'your decision' },
    'gate-verdict': { type: 'text', choices: gateVerdicts, summary: 'what should happen to the gate' },
    'security-impact': { type: 'text', choices: securityImpacts, summary: 'whether there was one' },
    'security-text': { type: 'text', summary: 'which security impact' },
    'in-scope-systems': {
      type: 'text',
      choices: unknowable,
      summary: 'whether systems under a regulation were touched',
    },
    'diff-reviewed': { type: 'flag', summary: 'you have read the diff' },
    'skipped-check': {
      type: 'text',
      choices: ['passed', 'failed', 'not_rerun'],
      summary: 'what the skipped check said when run again',
    },
    'follow-up': { type: 'list', value: '"WHO YYYY-MM-DD WHAT"', summary: 'what follows' },
    'no-follow-up': { type: 'text', value: 'WHY', summary: 'why nothing follows' },
    'actor-unavailable': { type: 'flag', summary: 'the actor has not answered and cannot be asked' },
    words: { type: 'text', summary: 'anything else' },
  },
  notes: ['The reviewer is never the actor, an approver or an author. On a terminal, what is missing is asked.'],
  examples: [
    { line: 'breakglass review sign rv_01hz3v8k2m4n6p8q0r2s4t6v8w', words: 'be asked, at a terminal' },
    {
      line: 'breakglass review sign rv_01hz3v8k2m4n6p8q0r2s4t6v8w --decision retro_approved --gate-verdict fix_gate --security-impact none --diff-reviewed --follow-up "ana@acme.dev 2026-12-01 Make the check deterministic"',
      words: 'everything given',
    },
  ],
  exits: [1, 2, 3, 4, 5, 6],
  async run(context, { positionals: [named], options }) {
    const fromFile = options.file === undefined ? {} : await readForm(context, options.file, reviewSignOff.partial())
    const given: PartialSignOff = { ...fromFile, ...withoutAbsent(signOffOf(options)) }
    const { client } = await connect(context)
    const id = await whichReview(client, named, 'sign')
    const { form } = await client.call(contract.showReview, { params: { id } })
    const whole = mayAsk(context) ? await askSignOff(context, form, given) : given
    const parsed = reviewSignOff.safeParse(withoutAbsent({ diffReviewed: false, followUps: [], ...whole }))
    if (!parsed.success) {
      const missing = [...new Set(parsed.error.issues.map(({ path }) => `--${kebab(String(path[0]))}`))]
      throw usageError(
        `A sign-off still needs ${missing.join(', ')}.`,
        'breakglass review sign --help shows an example',
      )
    }
    const faults = signOffFaults(form, parsed.data)
    if (faults.length > 0)
      throw usageError(`This sign-off does not stand yet:\n${faults.map(fault => `- ${fault}`).join('\n')}`)
    const review = await client.call(contract.signReview, { params: { id }, body: parsed.data })
    if (context.out.json) context.out.document(review)
    context.out.lines(...reviewLines(review, serverNow(context, client)))
    return 0
  },
})

type Options = Parameters<typeof command.run>[1]['options']

function signOffOf(options: Options): PartialSignOff {
  const followUps = options['follow-up'].map(parseFollowUp)
  return {
    decision: options.decision,
    gateVerdict: options['gate-verdict'],
    securityImpact: options['security-impact'],
    securityText: options['security-text'],
    inScopeSystems: options['in-scope-systems'],
    // A flag that is not there says nothing: a file or a question may still say it.
    diffReviewed: options['diff-reviewed'] || undefined,
    skippedCheck: options['skipped-check'],
    followUps: followUps.length > 0 ? followUps : options['no-follow-up'] === undefined ? undefined : [],
    noFollowUpReason: options['no-follow-up'],
    actorUnavailable: options['actor-unavailable'] || undefined,
    words: options.words,
  }
}

function withoutAbsent<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Partial<T> // a part of itself
}

const kebab = (name: string) => name.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
