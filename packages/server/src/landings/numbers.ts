import { localDateOf } from '@breakglass/core/calendar'
import {
  actions,
  type GateHistory,
  type GateLabel,
  type Label,
  labelGates,
  onPaperOnly,
  type PersonSignal,
  type Rates,
  ratesOf,
  type Thresholds,
} from '@breakglass/core/metrics'
import type { ResolvedGate, ResolvedProgram } from '@breakglass/core/program'
import { requireProgram } from '../facts/program.ts'
import type { Rx } from '../store/store.ts'
import { type Coverage, coverageOf } from './coverage.ts'
import { historiesOf, type KnownEpisode, type KnownHistory, type Span, spanBefore } from './histories.ts'
import { type LabelMonth, lastRuns } from './run-labels.ts'
import { thresholdsOf } from './thresholds.ts'

export interface GateNumbers {
  gate: ResolvedGate
  /** What the label shows: of the last monthly run, or of now before one that could say something. */
  shown: { label: Label; reason: string; action: string; month?: string }
  /** What all labelled weeks say by themselves, now. */
  now: GateLabel
  history: GateHistory
  /** Of the labelled weeks, each with its id. */
  episodes: readonly KnownEpisode[]
  /** Of the last 90 days. */
  rates: Rates
  onPaperOnly: boolean
  coverage: Coverage
}

export interface ProgramNumbers {
  program: { digest: string; program: ResolvedProgram }
  labelled: Span
  shown: Span
  thresholds: Thresholds
  gates: GateNumbers[]
  /** Names persons: to be shown to the owners of its gate, and to nobody else. */
  forOwners: PersonSignal[]
}

export interface NumbersAsked {
  atMs: number
  /** How many weeks are labelled, up to yesterday; 26 unless said. */
  weeks?: number
}

const shownDays = 90

/** The numbers of every gate in force, from rollups alone. Throws `no_program`. */
export async function gateNumbers(rx: Rx, { atMs, weeks = 26 }: NumbersAsked): Promise<ProgramNumbers> {
  const { published } = await requireProgram(rx)
  const { program, digest } = published
  const tomorrow = localDateOf(atMs + 86_400_000, program.timezone)
  const labelled = spanBefore(tomorrow, weeks * 7)
  const shown = spanBefore(tomorrow, shownDays)
  const thresholds = thresholdsOf(program)
  const gates = Object.values(program.gates).sort((a, b) => (a.name < b.name ? -1 : 1))
  const longest = weeks * 7 >= shownDays ? labelled : shown
  const all = await historiesOf(
    rx,
    gates.map(({ name }) => name),
    longest,
  )
  const histories = all.map(history => within(history, labelled))
  const found = labelGates(histories, thresholds)
  const runs = await lastRuns(rx)
  const coverage = await coverageOf(rx, { shown, atMs })
  return {
    program: { digest, program },
    labelled,
    shown,
    thresholds,
    forOwners: found.forOwners,
    gates: gates.flatMap((gate, at) => {
      const [history, now, recent] = [histories[at], found.gates[at], all[at] && within(all[at], shown)]
      if (!history || !now || !recent) return []
      const rates = ratesOf(recent.days, recent.episodes)
      return [
        {
          gate,
          shown: shownOf(now, runs.get(gate.name)),
          now: { ...now, window: labelled },
          history,
          episodes: history.episodes,
          rates,
          onPaperOnly: onPaperOnly(recent.episodes),
          coverage: withPeople(coverage(gate, rates), recent),
        },
      ]
    }),
  }
}

/** Where the passages name too few, that nobody stands out means nothing. */
function withPeople(coverage: Coverage, { days, actors }: KnownHistory): Coverage {
  if (days.length === 0 || actors.length > 0) return coverage
  const words = 'Too few landings say who made them, so no habit of a person or a team can be shown.'
  return { ...coverage, words: [...coverage.words, words] }
}

function within({ gate, days, episodes, actors }: KnownHistory, { from, to }: Span): KnownHistory {
  const isIn = ({ day }: { day: string }) => day >= from && day <= to
  return { gate, days: days.filter(isIn), episodes: episodes.filter(isIn), actors }
}

/** A reason belongs to the run that found the label; where the run found another, what is shown is of an earlier one. */
function shownOf(now: GateLabel, run: LabelMonth | undefined): GateNumbers['shown'] {
  // A run that had too few passages to say anything is not waited out.
  if (!run || run.shown === 'insufficient') return { label: now.label, reason: now.reason, action: now.action }
  const reason =
    run.shown === run.found
      ? run.reason
      : `Shown until two monthly runs in a row agree on another; the last one found ${run.found}. ${run.reason}`
  return { label: run.shown, reason, action: actions[run.shown], month: run.month }
}
