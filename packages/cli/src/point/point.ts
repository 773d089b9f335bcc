import { randomBytes } from 'node:crypto'
import { formatId } from '@breakglass/core/ids'
import { openHome, type PointHome } from './home.ts'
import { type Journal, openJournal } from './journal.ts'
import type { PointServer } from './server.ts'
import type { Spooler } from './spool.ts'

/** An enforcement point at work: its directory, its journal, its server, and the only clock it knows. */
export interface Point {
  home: PointHome
  journal: Journal
  server: PointServer
  /** This machine's clock, ms. */
  now: () => number
  spooler: Spooler
}

export interface PointParts {
  dir: string
  now: () => number
  serverOf: (home: PointHome) => PointServer
}

/** Throws what `openHome` and `openJournal` throw. The caller closes the journal. */
export function openPoint({ dir, now, serverOf }: PointParts): Point {
  const home = openHome(dir)
  return { home, journal: openJournal(dir), server: serverOf(home), now, spooler: spoolerOf(home) }
}

export function spoolerOf(home: PointHome): Spooler {
  const { id, organization } = home.config
  return { id, organization, signer: home.signer, eventId: newEventId }
}

export function newEventId(): string {
  return formatId('event', randomBytes(16))
}
