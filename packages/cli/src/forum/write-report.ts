import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { BreakglassError } from '@breakglass/core/errors'
import type { ForumReport } from '@breakglass/core/forum'
import { renderStyles } from '@breakglass/report'
import type { CommandContext } from '../framework/command.ts'

export const reportFormats = ['terminal', 'markdown', 'html'] as const
export type ReportFormat = (typeof reportFormats)[number]

interface Asked {
  /** Absent: by the name of the file, else for a terminal. */
  format: ReportFormat | undefined
  out: string | undefined
}

/** Prints the report, or writes it, in the form that was asked for. The renderers are loaded only when one is needed. */
export async function writeReport(context: CommandContext, report: ForumReport, asked: Asked): Promise<void> {
  const { forumLines, forumMarkdown, forumPage } = await import('@breakglass/report/forum')
  const format = asked.format ?? formatOf(asked.out)
  const lines = () => forumLines(report).map(line => renderStyles(line, { colors: false }))
  if (asked.out === undefined) {
    if (format === 'terminal') context.out.lines(...forumLines(report))
    else if (!context.out.json) context.out.raw(format === 'html' ? forumPage(report) : forumMarkdown(report))
    return
  }
  const texts = {
    terminal: () => `${lines().join('\n')}\n`,
    markdown: () => forumMarkdown(report),
    html: () => forumPage(report),
  } as const
  const file = path.resolve(context.cwd, asked.out)
  await writeFile(file, texts[format](), { mode: 0o600 }).catch((cause: unknown) => {
    const said = cause instanceof Error ? cause.message : 'unknown'
    throw new BreakglassError('bad_input', { message: `The report could not be written to ${file}: ${said}`, cause })
  })
  context.out.note(`the report is in ${file}`)
}

function formatOf(file: string | undefined): ReportFormat {
  if (file?.endsWith('.html') === true) return 'html'
  return file?.endsWith('.md') === true ? 'markdown' : 'terminal'
}

/** What the program wants and this installation is not set up for. */
export function notePublishing(
  context: CommandContext,
  publish: { connected: boolean; words: string } | undefined,
): void {
  if (publish?.connected === false) context.out.note(`note: ${publish.words}`)
}
