import type { ForumInput } from './input.ts'
import {
  counted,
  dayOf,
  daysBetween,
  percent,
  rateFigure,
  rateWords,
  sectionOf,
  sectionOfMeasured,
  targets,
  type Window,
} from './phrases.ts'
import type { Figure, ForumItem, ForumSection, Target } from './report-shape.ts'

const windowOf = ({ period }: ForumInput): Window => ({ from: dayOf(period.from), to: dayOf(period.to) })

/** What the last forum decided, and what became of it. */
export function decisionsSection({ last, at }: ForumInput): ForumSection {
  const heading = { id: 'decisions', title: 'What we decided last time', minutes: 2 } as const
  if (last === undefined) return sectionOf(heading, { items: [], empty: 'No forum has been held yet.' })
  const when = dayOf(last.at)
  const words = { kept: 'Kept', not_kept: 'Not kept', open: 'Still open', unknown: 'No record tells' } as const
  const order = ['not_kept', 'unknown', 'open', 'kept'] as const
  const items = last.decisions
    .toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
    .map(({ gate, decision, owner, due, state, why }): ForumItem => {
      const late = daysBetween(due, at)
      const overdue = state === 'kept' || late === 0 ? '' : `, ${counted(late, 'day')} past its date`
      return {
        tone: state === 'kept' ? 'good' : state === 'open' ? 'plain' : 'attention',
        gate,
        text: `${words[state]}${overdue}: ${decision} (${owner}, by ${due}; ${why})`,
        figures: [],
        link: targets.forum(last.id),
      }
    })
  const undecided = last.undecided.map((gate): ForumItem => {
    const text = `The report of ${when} asked about it, and nothing was decided.`
    return { tone: 'attention', gate, text, figures: [], link: targets.forum(last.id) }
  })
  return sectionOf(heading, {
    items: [...items, ...undecided],
    empty: `The forum of ${when} decided nothing about a gate.`,
  })
}

export function reviewsSection(input: ForumInput): ForumSection {
  const heading = { id: 'reviews', title: 'Reviews', minutes: 1 } as const
  const window = windowOf(input)
  return sectionOfMeasured(heading, input.reviews, ({ due, signed, onTime, before, medianHours, overdue }) => {
    const link = targets.reviews()
    const of = (what: string, x: number): Figure => ({ what, x, n: due, window, link })
    const trend =
      before === undefined || before.due === 0
        ? ''
        : ` Before: ${before.signed} of ${before.due}, ${before.onTime} in time.`
    const median = medianHours === undefined ? '' : ` Half are signed within ${hours(medianHours)}.`
    const all: ForumItem = {
      tone: signed < due ? 'attention' : 'plain',
      text: `${signed} of ${counted(due, 'review')} that fell due are signed, ${onTime} in time.${median}${trend}`,
      figures: [of('reviews signed', signed), of('reviews in time', onTime)],
      ...(signed < due ? { action: 'Every use is reviewed: sign what is overdue.' } : {}),
      link,
    }
    const late = overdue
      .toSorted((a, b) => (a.dueAt < b.dueAt ? -1 : 1))
      .map(({ id, gate, dueAt }) =>
        overdueItem(gate, `A review is overdue since ${dayOf(dueAt)}`, id, targets.review(id)),
      )
    return { items: due === 0 && late.length === 0 ? [] : [all, ...late], empty: 'No review fell due.' }
  })
}

const hours = (value: number): string =>
  value < 48 ? counted(Math.round(value), 'hour') : counted(Math.round(value / 24), 'day')

const overdueItem = (gate: string | undefined, text: string, id: string, link: Target): ForumItem => ({
  tone: 'attention',
  ...(gate === undefined ? {} : { gate }),
  text: `${text} (${id}).`,
  figures: [],
  link,
})

/** Waivers by age: what is called temporary longest comes first. */
export function waiversSection(input: ForumInput): ForumSection {
  const heading = { id: 'waivers', title: 'Waivers, oldest first', minutes: 1 } as const
  const window = windowOf(input)
  return sectionOfMeasured(heading, input.waivers, all => ({
    items: all
      .filter(({ live }) => live)
      .toSorted((a, b) => b.ageDays - a.ageDays)
      .map(
        ({ id, gate, ageDays, renewals, repositories, until }): ForumItem => ({
          tone: ageDays > rottingDays ? 'attention' : 'plain',
          gate,
          text: `Exempt for ${counted(ageDays, 'day')} in ${counted(repositories, 'repository', 'repositories')}, ${counted(renewals, 'renewal')}, until ${dayOf(until)} (${id}).`,
          ...(ageDays > rottingDays ? { action: 'End it, or change the gate: this is not temporary any more.' } : {}),
          figures: [
            { what: 'days since the first waiver of this scope', x: ageDays, window, link: targets.waiver(id) },
          ],
          link: targets.waiver(id),
        }),
      ),
    empty: 'No gate is waived anywhere.',
  }))
}

/** A quarter: what has been renewed past that is a decision nobody took. */
const rottingDays = 90

/** Follow-ups that were promised in reviews, and repairs past their date. */
export function promisesSection(input: ForumInput): ForumSection {
  const heading = { id: 'promises', title: 'Promises not kept', minutes: 1 } as const
  const { followUps, repairs, drills } = input
  const window = windowOf(input)
  const items: ForumItem[] = []
  if (followUps.measured) {
    const { due, done, overdue } = followUps.value
    const link = targets.followUps()
    if (due > 0) {
      const text = `${done} of ${counted(due, 'follow-up')} that fell due are done.`
      const figures = [{ what: 'follow-ups done', x: done, n: due, window, link }]
      items.push({ tone: done < due ? 'attention' : 'good', text, figures, link })
    }
    const late = overdue.toSorted((a, b) => (a.dueOn < b.dueOn ? -1 : 1))
    items.push(...late.map(({ id, gate, dueOn }) => overdueItem(gate, `Promised in a review for ${dueOn}`, id, link)))
  }
  if (repairs.measured) {
    const late = repairs.value.filter(({ state, overdue }) => state === 'open' && overdue)
    items.push(
      ...late.map(({ id, gate, due }) =>
        overdueItem(gate, `The repair was promised for ${due}`, id, targets.repair(id)),
      ),
    )
  }
  if (drills.measured && drills.value.overdue) {
    const figures = [{ what: 'drills held', x: drills.value.held, window, link: targets.status() }]
    items.push({ tone: 'attention', text: 'A drill is overdue by the program’s own word.', figures })
  }
  const missing = [
    ...(followUps.measured ? [] : [`Follow-ups: ${followUps.why}`]),
    ...(repairs.measured ? [] : [`Repairs: ${repairs.why}`]),
    ...(drills.measured ? [] : [`Drills: ${drills.why}`]),
  ]
  return sectionOf(heading, { items, empty: 'Nothing that was promised is past its date.', notMeasured: missing })
}

export function repairsSection(input: ForumInput): ForumSection {
  const heading = { id: 'repairs', title: 'Repairs, and what they changed', minutes: 1 } as const
  const window = windowOf(input)
  return sectionOfMeasured(heading, input.repairs, all => ({
    items: all
      .filter(({ state }) => state !== 'abandoned')
      .map(({ id, gate, cause, state, due, effect }): ForumItem => {
        const verdicts = { worked: 'It worked', no_effect: 'No effect', too_early: 'Too early to tell' } as const
        const { verdict = 'too_early', before, after } = effect ?? {}
        const then = before === undefined ? '' : `: ${rateWords(before)} before`
        const now = after === undefined ? '' : `, ${rateWords(after)} after`
        const what = state === 'done' ? `${verdicts[verdict]}${then}${now}` : `Under way until ${due}`
        const link = targets.repair(id)
        return {
          tone: state !== 'done' || verdict === 'too_early' ? 'plain' : verdict === 'worked' ? 'good' : 'attention',
          gate,
          text: `${what}. Cause: ${cause}.`,
          figures: [
            ...(before === undefined ? [] : [rateFigure('bypass before', before, window, link)]),
            ...(after === undefined ? [] : [rateFigure('bypass after', after, window, link)]),
          ],
          link,
        }
      }),
    empty: 'No repair is under way or was finished.',
  }))
}

/** Telling of a bypass first is what the program wants more of. */
export function disclosuresSection(input: ForumInput): ForumSection {
  const heading = { id: 'disclosures', title: 'Disclosures, and what they taught', minutes: 1 } as const
  const window = windowOf(input)
  return sectionOfMeasured(heading, input.disclosures, ({ x, n, before, taught }) => {
    const link = targets.findings()
    const then = before === undefined || before.n === 0 ? '' : ` Before: ${before.x} of ${before.n}.`
    const shared = n === 0 ? '' : ` (${percent(x / n)})`
    const all: ForumItem = {
      tone: x > 0 ? 'good' : 'plain',
      text: `${x} of ${counted(n, 'unsanctioned bypass', 'unsanctioned bypasses')}${shared} ${n === 1 ? 'was' : 'were'} told of before anybody found ${n === 1 ? 'it' : 'them'}. More is better.${then}`,
      figures: [{ what: 'disclosed', x, n, window, link }],
      link,
    }
    const lessons = taught.map(
      ({ gate, lesson, x: times }): ForumItem => ({
        tone: 'plain',
        gate,
        text: `${lesson} (${counted(times, 'disclosure')}).`,
        figures: [{ what: 'disclosures that say so', x: times, n: x, window, link }],
        link: targets.gate(gate),
      }),
    )
    return { items: n === 0 ? lessons : [all, ...lessons], empty: 'There was no unsanctioned bypass to tell of.' }
  })
}

/** Coverage, drift, and what no part of the system can see: it stands in every report. */
export function unseenSection(input: ForumInput): ForumSection {
  const heading = { id: 'unseen', title: 'What we could not see', minutes: 1 } as const
  const { coverage, drift, cannotSee } = input
  const window = windowOf(input)
  const items: ForumItem[] = []
  if (coverage.measured && coverage.value.all > 0) {
    const { known, all } = coverage.value
    const text = `The outcome of ${known} of ${counted(all, 'passage')} is known (${percent(known / all)}).`
    const figures = [{ what: 'passages with a known outcome', x: known, n: all, window, link: targets.gates() }]
    items.push({ tone: known < all ? 'attention' : 'plain', text, figures, link: targets.gates() })
  }
  if (drift.measured) items.push(...drift.value.map(each => driftItem(each, window)))
  items.push(...cannotSee.map((text): ForumItem => ({ tone: 'plain', text, figures: [] })))
  const missing = [
    ...(coverage.measured ? [] : [`Coverage: ${coverage.why}`]),
    ...(drift.measured ? [] : [`Drift: ${drift.why}`]),
  ]
  return sectionOf(heading, { items, empty: 'Nothing is known to be out of sight.', notMeasured: missing })
}

type Drift = Extract<ForumInput['drift'], { measured: true }>['value'][number]

function driftItem({ name, what, since, until, landings }: Drift, window: Window): ForumItem {
  const ended = until === undefined ? 'and is not over' : `until ${dayOf(until)}`
  const link = targets.findings()
  return {
    tone: until === undefined ? 'attention' : 'plain',
    text: `${name}: ${what.replaceAll('_', ' ')} since ${dayOf(since)} ${ended}; ${counted(landings, 'landing')} meanwhile.`,
    figures: [{ what: 'landings while it was off', x: landings, window, link }],
    link,
  }
}
