import {
  blindSpots,
  type Judged,
  judge,
  never,
  type Organisation,
  planted,
  simulateOrganisation,
  whyOfSimulated,
} from '@breakglass/core/simulate'
import { labelWords, style, table } from '@breakglass/report'
import { defineCommand } from '../framework/command.ts'
import { usageError } from '../framework/usage-error.ts'

const seedOtherwise = 1
const weeksOtherwise = 26
const perWeekOtherwise = 60
const seedMax = 2 ** 32 - 1
const weeksMax = 520
/** Of one gate: thirteen times as many objects are made. */
const passagesMax = 50_000

export const command = defineCommand({
  positionals: [],
  options: {
    seed: { type: 'number', value: 'N', summary: `which organisation; absent: ${seedOtherwise}` },
    weeks: { type: 'number', value: 'N', summary: `how long it was watched; absent: ${weeksOtherwise}` },
    'per-week': { type: 'number', value: 'N', summary: `passages of each gate in a week; absent: ${perWeekOtherwise}` },
    disturbed: { type: 'flag', summary: 'weeks that are half as wild again, and one episode in ten a burst of three' },
    data: {
      type: 'flag',
      summary: 'with --json: also the days, uses and passages by person, as the metrics read them',
    },
  },
  notes: [
    'Makes an organisation whose truth is known, labels it as any other, and prints both side by side: what the labels see, and what they cannot.',
    'The same seed gives the same organisation on every machine. It asks no server and writes nothing.',
    'What each label means: docs/metrics.md.',
  ],
  examples: [
    { line: 'breakglass simulate', words: 'thirteen gates over half a year' },
    { line: 'breakglass simulate --seed 7 --per-week 10 --disturbed', words: 'a small and unruly one' },
    { line: 'breakglass simulate --seed 7 --json --data', words: 'the numbers themselves, for a script' },
  ],
  exits: [2],
  async run({ out }, { options }) {
    const seed = within('seed', options.seed ?? seedOtherwise, 0, seedMax)
    const weeks = within('weeks', options.weeks ?? weeksOtherwise, 1, weeksMax)
    const perWeek = within('per-week', options['per-week'] ?? perWeekOtherwise, 1, Math.floor(passagesMax / weeks))
    if (options.data && !out.json) throw usageError('expected --json beside --data')
    const disturbance = options.disturbed ? { weeks: 0.5, bursts: 0.1 } : never
    const organisation = simulateOrganisation({ seed, weeks, perWeek, disturbance })
    const { gates } = judge(organisation)
    const rows = gates.map((gate, i) => ({ ...gate, whyItHurts: whyAt(organisation, i) }))
    const spots = blindSpots(organisation, gates)
    if (out.json) {
      out.document({
        seed,
        weeks,
        perWeek,
        disturbance,
        gates: rows.map(publicRow),
        couldNotSee: spots,
        ...dataOf(organisation, options.data),
      })
    }
    out.lines(...linesOf(seed, organisation, rows, spots, out.width))
    return 0
  },
})

type Row = Judged & { whyItHurts: string | undefined }

function within(flag: string, value: number, least: number, most: number): number {
  if (value >= least && value <= most) return value
  throw usageError(`--${flag}: expected a number from ${least} to ${most}, found ${value}`)
}

function whyAt(organisation: Organisation, index: number): string | undefined {
  const gate = organisation.gates[index]
  return gate && whyOfSimulated(gate, organisation)
}

const publicRow = ({ truth, expected, ...row }: Row) => ({
  planted: { truth, words: planted[truth].words, label: expected, shift: planted[truth].shift },
  ...row,
})

function dataOf({ gates }: Organisation, wanted: boolean) {
  if (!wanted) return {}
  const data = gates.map(({ gate, days, uses, actors, hours, teams }) => ({ gate, days, uses, actors, hours, teams }))
  return { data }
}

function linesOf(
  seed: number,
  { weeks, perWeek }: Organisation,
  rows: Row[],
  spots: string[],
  width: number | undefined,
) {
  const right = rows.filter(row => row.right).length
  return [
    style.bold(`an organisation that never was, seed ${seed}: ${weeks} weeks, ${perWeek} passages a week at each gate`),
    `${right} of ${rows.length} gates carry the label that is right`,
    '',
    ...table<Row>(
      [
        { title: 'gate', of: ({ gate }) => gate },
        { title: 'planted', of: ({ truth }) => planted[truth].words },
        { title: 'label', of: ({ label, right: isRight }) => `${labelWords[label]}${isRight ? '' : ' ✗'}` },
        { title: 'x', of: ({ x }) => x },
        { title: 'n', of: ({ n }) => n },
        { title: 'moves', of: shiftWords },
      ],
      rows,
      width === undefined ? {} : { width },
    ),
    '',
    style.bold('why they hurt'),
    ...rows.flatMap(({ gate, whyItHurts }) => (whyItHurts === undefined ? [] : [`  ${gate}: ${whyItHurts}`])),
    '',
    style.bold('what they could not see'),
    ...spots.map(spot => `  ${spot}`),
  ]
}

const shiftWords = ({ shift, onPaperOnly }: Row): string =>
  [...(shift === 'none' ? [] : [shift]), ...(onPaperOnly ? ['on paper only'] : [])].join(', ')
