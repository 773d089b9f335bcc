import type { ForumItem, ForumReport, ForumSection } from '@breakglass/core/forum'
import { oneLine } from '../plain-text.ts'
import { figureWords, minutesWords, periodWords, signs, urgentFirst } from './words.ts'

/** Lines of a section that a chat shows; the rest is counted, and stands in the report itself. */
const linesMax = 4

/**
 * The report as Markdown for a chat: short, and nothing in it can notify anybody, open a link or change the look of what stands
 * around it. Everything that is not ours is escaped.
 */
export function forumMarkdown(report: ForumReport): string {
  const spoken = report.sections.filter(({ items }) => items.length > 0)
  const quiet = report.sections.filter(({ items, notMeasured }) => items.length === 0 && notMeasured.length === 0)
  const unmeasured = report.sections.flatMap(({ title, notMeasured }) => notMeasured.map(why => `${title}: ${why}`))
  const blocks = [
    `**The forum of ${escaped(report.organization)}**, ${escaped(periodWords(report))}`,
    escaped(report.headline),
    ...spoken.map(sectionBlock),
    ...(unmeasured.length === 0 ? [] : [`**Not measured**\n${unmeasured.map(why => `- ${escaped(why)}`).join('\n')}`]),
    ...(quiet.length === 0 ? [] : [`Nothing to say of: ${quiet.map(({ title }) => escaped(title)).join('; ')}.`]),
  ]
  return `${blocks.join('\n\n')}\n`
}

function sectionBlock({ title, minutes, items, more }: ForumSection): string {
  const shown = urgentFirst(items).slice(0, linesMax)
  const rest = items.length - shown.length + more
  return [
    `**${escaped(title)}** (${minutesWords(minutes)})`,
    ...shown.map(itemLine),
    ...(rest === 0 ? [] : [`- and ${rest} more`]),
  ].join('\n')
}

function itemLine({ tone, gate, text, action, figures }: ForumItem): string {
  const [first] = figures
  const number = first === undefined || text.includes(`${first.x} of`) ? '' : ` ${escaped(figureWords(first))}.`
  const name = gate === undefined ? '' : `**${escaped(gate)}** `
  const todo = action === undefined ? '' : ` ${escaped(action)}`
  return `- ${signs[tone]} ${name}${escaped(text)}${number}${todo}`
}

/** Plain words for CommonMark, Slack and Teams at once: no markup, no entity, no mention, no address that becomes a link. */
export function escaped(text: string): string {
  return (
    oneLine(text)
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll(/[\\`*_~[\]#|]/g, character => `\\${character}`)
      // At the start of a line these begin a list or a rule.
      .replace(/^[-+=]/, sign => `\\${sign}`)
      .replace(/^(\d+)\./, '$1\\.')
      .replaceAll(/@|:\/\/|\bwww\./gi, part => `${part.slice(0, 1)}\u2060${part.slice(1)}`)
  )
}
