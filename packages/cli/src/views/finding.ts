import type { FindingView } from '@breakglass/core/contract'
import { type Column, relativeTime } from '@breakglass/report'
import { shortCommit } from './grant.ts'

const kinds: Record<FindingView['kind'], string> = {
  landed_without_hook: 'landed without the gate',
  unreported_use: 'use never reported',
  late_use: 'used after its time',
}

export function findingColumns(nowMs: number): Column<FindingView>[] {
  return [
    { title: 'finding', of: finding => finding.id },
    { title: 'what', of: finding => `${kinds[finding.kind]}${finding.whileOff ? ', protection off' : ''}` },
    { title: 'sure', of: finding => finding.confidence },
    {
      title: 'where',
      of: finding => `${finding.repository.name} ${finding.ref.replace(/^refs\/heads\//, '')}`,
      flexible: true,
    },
    { title: 'commit', of: finding => (finding.new === undefined ? undefined : shortCommit(finding.new)) },
    { title: 'gates', of: finding => finding.gates.join(', '), flexible: true },
    { title: 'found', of: finding => relativeTime(finding.detectedAt, nowMs) },
    { title: 'state', of: finding => finding.state },
  ]
}
