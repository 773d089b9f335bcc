import { act, type Edge } from '../../edge/edge.ts'
import { programInForce } from '../../facts/program.ts'
import type { JobHandler } from '../../jobs/runner.ts'
import { notify } from '../../tell/tell.ts'
import { ownersOf } from './gate-owners.ts'
import { passingToldMs } from './pass-unavailable.ts'
import { endWindow, passingAlarmKind } from './recover-gate.ts'
import { tellAlarmAgain } from './tell-again.ts'

/** While a gate passes because it cannot run, this is said again; when the time is up, the window is over. */
export const tellPassing =
  (edge: Edge): JobHandler =>
  ({ job, complete }) =>
    act(edge, async run => {
      const { tx, atMs } = run
      const window = await tx.db
        .selectFrom('unavailable_window')
        .selectAll()
        .where('id', '=', job.key)
        .where('recovered_at', 'is', null)
        .executeTakeFirst()
      if (!window || window.until_at <= atMs) {
        if (window) await endWindow(run, window, window.until_at)
        await complete(tx)
        return undefined
      }
      const words = await tellAlarmAgain(run, passingAlarmKind, window.id)
      const gates = (await programInForce(tx))?.published.program.gates ?? {}
      const gate = Object.hasOwn(gates, window.gate) ? gates[window.gate] : undefined
      if (gate && words !== undefined) await notify(run, await ownersOf(run, [gate]), { words, subject: window.id })
      return { againAt: Math.min(atMs + passingToldMs, window.until_at) }
    })
