import type { ForumItem, ForumReport, ForumSection } from '@breakglass/core/forum'
import { oneLine, style } from '../plain-text.ts'
import { spark } from '../spark.ts'
import { figureWords, minutesWords, periodWords, signs, windowWords } from './words.ts'

/** The report as lines for a terminal. What people wrote is cleaned; styles are marks that `renderStyles` turns into colour. */
export function forumLines(report: ForumReport): string[] {
  const title = `The forum of ${report.organization}, ${periodWords(report)}`
  return [
    style.bold(oneLine(title)),
    oneLine(report.headline),
    ...report.sections.flatMap((section, i) => ['', ...sectionLines(section, i + 1)]),
  ]
}

function sectionLines({ title, minutes, items, empty, notMeasured, more }: ForumSection, number: number): string[] {
  return [
    `${style.bold(`${number}. ${oneLine(title)}`)} ${style.dim(`(${minutesWords(minutes)})`)}`,
    ...items.flatMap(itemLines),
    ...(more === 0 ? [] : [`  and ${more} more`]),
    ...(empty === undefined ? [] : [`  ${oneLine(empty)}`]),
    ...notMeasured.map(why => `  ${style.yellow('?')} not measured: ${oneLine(why)}`),
  ]
}

function itemLines({ tone, gate, text, action, figures, weeks, link }: ForumItem): string[] {
  const sign = tone === 'attention' ? style.red(signs[tone]) : tone === 'good' ? style.green(signs[tone]) : signs[tone]
  const name = gate === undefined ? '' : `${style.bold(oneLine(gate))}: `
  return [
    `  ${sign} ${name}${oneLine(text)}`,
    ...(action === undefined ? [] : [`    ${oneLine(action)}`]),
    ...figures.map(figure => `    ${oneLine(figureWords(figure))}, ${oneLine(windowWords(figure))}`),
    ...(weeks === undefined ? [] : [`    by week ${spark(weeks.map(rate => rate ?? undefined))}`]),
    ...(link === undefined ? [] : [style.dim(`    ${oneLine(link.command)}`)]),
  ]
}
