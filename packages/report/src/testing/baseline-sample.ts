import { type BaselineReport, baselineOf, builtInMappings, History } from '@breakglass/core/baseline'

/** A report of a made-up year in which Fridays are not what they should be. */
export function baselineSample(repository = 'payments'): BaselineReport {
  const history = new History([builtInMappings.luci])
  for (let day = 364; day >= 0; day--) {
    const date = new Date(Date.UTC(2025, 10, 1 + day))
    const weekday = date.getUTCDay()
    if (weekday === 0 || weekday === 6) continue
    for (let at = 11; at >= 0; at--) {
      const goesAround = weekday === 5 && day > 180 && at < 3
      history.add({
        atSeconds: date.getTime() / 1000 + (8 + at) * 3600,
        tree: '',
        parents: 1,
        author: `dev-${(day * 5 + at) % 9}`,
        message: goesAround
          ? 'A change\n\nNo-Try: true'
          : day % 40 === 3 && at === 0
            ? 'Revert it\n\nTBR=x'
            : 'A change',
      })
    }
  }
  return baselineOf(history, {
    source: { kind: 'git', repository, branch: 'main', head: 'a'.repeat(40), shallow: false },
    mapping: { name: 'luci', how: 'named', reason: 'It was asked for.' },
    which: 0,
    zone: 'UTC',
    thresholds: { low: 0.01, high: 0.05 },
    nowMs: Date.UTC(2026, 10, 1),
  })
}
