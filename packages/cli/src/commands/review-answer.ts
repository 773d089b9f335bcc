import { contract } from '@breakglass/core/contract'
import { missingInAnswer, type ReviewAnswer, reviewAnswer, unusableReasons } from '@breakglass/core/review'
import { connect, serverNow } from '../client/connect.ts'
import { whichReview } from '../client/which-review.ts'
import { defineCommand } from '../framework/command.ts'
import { mayAsk } from '../framework/prompt.ts'
import { usageError } from '../framework/usage-error.ts'
import { askAnswer } from '../review/ask-answer.ts'
import { readForm } from '../review/read-file.ts'
import { reviewLines } from '../views/review.ts'

const yesNo = ['yes', 'no'] as const

export const command = defineCommand({
  positionals: [
    { name: 'review', summary: 'the review (rv_…); absent: the only one that waits for you', optional: true },
  ],
  options: {
    file: { type: 'text', value: 'FILE.json', summary: 'the answers as JSON; options beside it win' },
    unusable: { type: 'text', choices: unusableReasons, summary: 'what made the safe path unusable' },
    'unusable-text': { type: 'text', summary: 'how that showed' },
    seen: { type: 'text', summary: 'what you were seeing at the time' },
    expected: { type: 'text', summary: 'what you expected to happen' },
    considered: { type: 'text', summary: 'what else you considered' },
    result: { type: 'text', summary: 'what became of the change' },
    harm: { type: 'text', choices: ['none', 'some', 'unknown'], summary: 'to users, data or other systems' },
    'harm-text': { type: 'text', summary: 'which harm, and whether it is over' },
    'rolled-back': { type: 'text', choices: yesNo, summary: 'whether the change was rolled back' },
    incident: { type: 'text', summary: 'which incident or ticket; if none, why none' },
    'why-requested': { type: 'text', summary: 'short form: why it was asked for' },
    'why-not-needed': { type: 'text', summary: 'short form: why it was not needed in the end' },
    'path-easy': { type: 'text', choices: yesNo, summary: 'whether breaking glass itself was easy' },
    'minutes-lost': { type: 'number', summary: 'what it cost' },
    'went-well': { type: 'text', summary: 'what went well, or was lucky' },
    'justification-correction': { type: 'text', summary: 'something to add to the justification' },
  },
  notes: [
    'The questions are about the system. Nothing asks whose fault it was. On a terminal, what is missing is asked.',
  ],
  examples: [
    { line: 'breakglass review answer rv_01hz3v8k2m4n6p8q0r2s4t6v8w', words: 'be asked, at a terminal' },
    {
      line: 'breakglass review answer rv_01hz3v8k2m4n6p8q0r2s4t6v8w --file answer.json',
      words: 'answers prepared in a file',
    },
    {
      line: 'breakglass review answer rv_01hz3v8k2m4n6p8q0r2s4t6v8w --why-requested "The check hung" --why-not-needed "It came back before the push"',
      words: 'the short form, for a grant nobody used',
    },
  ],
  exits: [1, 3, 4, 5, 6],
  async run(context, { positionals: [named], options }) {
    const fromFile = options.file === undefined ? {} : await readForm(context, options.file, reviewAnswer)
    const given: ReviewAnswer = { ...fromFile, ...present(answerOf(options)) }
    const { client } = await connect(context)
    const id = await whichReview(client, named, 'answer')
    const { form } = await client.call(contract.showReview, { params: { id } })
    const body = mayAsk(context) ? await askAnswer(context, form, given) : given
    const missing = missingInAnswer(form, body)
    if (missing.length > 0) {
      const flags = missing.map(({ field }) => `--${field.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`)
      throw usageError(
        `The ${form} form still asks: ${missing.map(({ words }) => words).join(' ')}`,
        `add ${flags.join(' ')}`,
      )
    }
    const review = await client.call(contract.answerReview, { params: { id }, body })
    if (context.out.json) context.out.document(review)
    context.out.lines(...reviewLines(review, serverNow(context, client)))
    return 0
  },
})

type Options = Parameters<typeof command.run>[1]['options']

function answerOf(options: Options): { [Field in keyof ReviewAnswer]: ReviewAnswer[Field] } {
  return {
    unusable: options.unusable,
    unusableText: options['unusable-text'],
    seen: options.seen,
    expected: options.expected,
    considered: options.considered,
    result: options.result,
    harm: options.harm,
    harmText: options['harm-text'],
    rolledBack: truth(options['rolled-back']),
    incident: options.incident,
    whyRequested: options['why-requested'],
    whyNotNeeded: options['why-not-needed'],
    pathEasy: truth(options['path-easy']),
    minutesLost: options['minutes-lost'],
    wentWell: options['went-well'],
    justificationCorrection: options['justification-correction'],
  }
}

const truth = (answer: 'yes' | 'no' | undefined) => (answer === undefined ? undefined : answer === 'yes')

/** Options that were not given must not take away what the file says. */
function present<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Partial<T> // a part of itself
}
