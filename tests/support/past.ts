import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { formatId } from '@breakglass/core/ids'
import { encodeHex, msToInstant, sha256 } from '@breakglass/verify'
import { openHome } from '../../packages/cli/src/point/home.ts'
import { openJournal } from '../../packages/cli/src/point/journal.ts'
import { spoolerOf } from '../../packages/cli/src/point/point.ts'
import { appendEvents } from '../../packages/cli/src/point/spool.ts'
import type { Installation } from './installation.ts'
import { gates, type Payments } from './payments.ts'

/** One landing on main that is to have been: when, and whether it went past the hook. */
export interface Landed {
  atMs: number
  bypassed?: boolean
}

const main = 'refs/heads/main'
const sentAtOnce = 100

/**
 * Weeks of landings as if they had been: the hook's own journal signs and chains what it let through, and tells it by
 * `hook sync` as after an outage; what went past it is told as a watcher tells it. Nobody can wait a quarter for a test.
 */
export async function tellPast(acme: Installation, payments: Payments, landings: readonly Landed[]): Promise<void> {
  const dir = join(payments.bare, 'breakglass')
  const home = openHome(dir)
  const journal = openJournal(dir)
  const observations: object[] = []
  const passed = gates.map(gate => ({ gate, opens: 'pass' as const }))
  let old = `sha1:${await payments.tip()}` as const
  try {
    for (const [at, { atMs, bypassed = false }] of landings.entries()) {
      const tip = `sha1:${encodeHex(sha256(Buffer.from(`${home.config.id} ${at}`))).slice(0, 40)}` as const
      if (bypassed) {
        const delivery = formatId('event', sha256(Buffer.from(`delivery ${at}`)).subarray(0, 16))
        const where = { ref: main, old, new: tip }
        observations.push({ kind: 'advance', delivery, at: msToInstant(atMs), ...where, allowed: false })
      } else {
        const body = {
          gates: passed,
          mode: 'online',
          new: tip,
          old,
          program: `sha256:${'0'.repeat(64)}`,
          ref: main,
        } as const
        appendEvents(journal, spoolerOf(home), [{ kind: 'point.allowed', body }], atMs)
      }
      old = tip
    }
  } finally {
    journal.close()
  }
  const synced = await acme.breakglass(['hook', 'sync', '--repo', payments.bare])
  if (synced.code !== 0) throw new Error(synced.stderr)
  const token = (await readFile(join(dir, 'token'), 'utf8')).trim()
  for (let from = 0; from < observations.length; from += sentAtOnce) {
    const reply = await fetch(`${acme.url}/api/v1/points/self/observations`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ observations: observations.slice(from, from + sentAtOnce) }),
    })
    if (!reply.ok) throw new Error(`observations: ${reply.status} ${await reply.text()}`)
  }
}
