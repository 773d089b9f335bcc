import type { ProgramVersionView, Remark } from '@breakglass/core/contract'
import { type Column, facts, relativeTime, shortInstant, style } from '@breakglass/report'

export function versionLines(version: ProgramVersionView, nowMs: number): string[] {
  const { approvers, approvalsNeeded, publisher, effectiveAt, earliestAt, ledger } = version
  const isOpen = version.state === 'proposed' || version.state === 'waiting'
  return [
    `program ${version.version === undefined ? '' : `version ${version.version} `}${style.bold(version.digest.slice(0, 19))}: ${version.state.replace('_', ' ')}, ${version.class}`,
    ...facts([
      ['digest', version.digest],
      ['by', publisher.name],
      [
        'signed',
        approvalsNeeded === 0
          ? undefined
          : `${approvers.length} of ${approvalsNeeded} (${approvers.map(({ name }) => name).join(', ') || 'nobody yet'})`,
      ],
      ['not before', isOpen ? `${shortInstant(earliestAt)} (${relativeTime(earliestAt, nowMs)})` : undefined],
      ['since', effectiveAt === undefined ? undefined : shortInstant(effectiveAt)],
      ['ledger', ledger === undefined ? undefined : `#${ledger.index}`],
    ]).map(line => `  ${line}`),
  ]
}

type Change = ProgramVersionView['changes'][number]

/** What a version changes: widenings first, because they are what somebody signs for. */
export function changeLines(changes: readonly Change[]): string[] {
  const order: Record<Change['class'], number> = { widening: 0, neutral: 1, narrowing: 2 }
  const marks = { widening: style.red('WIDENS '), neutral: style.dim('neutral'), narrowing: style.green('narrows') }
  return [...changes]
    .sort((a, b) => order[a.class] - order[b.class])
    .flatMap(({ path, class: kind, was, is, why }) => [
      `${marks[kind]} ${path}: ${why}`,
      `          was ${was}`,
      `          is  ${is}`,
    ])
}

export function versionColumns(nowMs: number): Column<ProgramVersionView>[] {
  return [
    { title: 'version', of: ({ version }) => version },
    { title: 'digest', of: ({ digest }) => digest.slice(0, 19) },
    { title: 'state', of: ({ state }) => state.replace('_', ' ') },
    { title: 'class', of: version => version.class },
    { title: 'by', of: ({ publisher }) => publisher.name, flexible: true },
    {
      title: 'signed',
      of: ({ approvers, approvalsNeeded }) =>
        approvalsNeeded === 0 ? undefined : `${approvers.length}/${approvalsNeeded}`,
    },
    { title: 'when', of: ({ effectiveAt, proposedAt }) => relativeTime(effectiveAt ?? proposedAt, nowMs) },
  ]
}

/** `file:line:column rule` as compilers say it, so that editors find the place. */
export function remarkLines(remarks: readonly Remark[]): string[] {
  return remarks.flatMap(({ file, line, column, level, rule, path, reason, remedy }) => [
    `${file}:${line}:${column} ${level === 'error' ? style.red('error') : style.yellow('advice')} ${rule}${path === '' ? '' : ` (${path})`}: ${reason}`,
    `    → ${remedy}`,
  ])
}
