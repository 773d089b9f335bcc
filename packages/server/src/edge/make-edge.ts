import type { Chat } from '../chat/chat.ts'
import type { LedgerClient } from '../ledger-client/ledger-client.ts'
import { onLoggedWith } from '../statements/on-logged.ts'
import { runOutbox } from '../statements/outbox-loop.ts'
import type { Issuer } from '../statements/record.ts'
import type { Store } from '../store/store.ts'
import type { Edge, LogIdentity } from './edge.ts'

export interface EdgeParts {
  store: Store
  issuer: Issuer
  ledger: LedgerClient
  chat: Chat
  log: LogIdentity
  url: string
  version: string
  nowMs: () => number
  randomBytes: (length: number) => Uint8Array
  clockSkewMs: () => number
  /** Told once when the ledger begins to fail and once when it answers again. */
  onLedgerChange?: (state: { reachable: boolean; cause?: unknown }) => void
}

/** Puts the outside world together and starts the outbox; whoever made it stops `outbox` in the end. */
export function makeEdge({ onLedgerChange, ...parts }: EdgeParts): Edge {
  const { store, ledger, nowMs } = parts
  const outbox = runOutbox({
    store,
    ledger,
    nowMs,
    onLogged: onLoggedWith(parts),
    ...(onLedgerChange && { onChange: onLedgerChange }),
  })
  return { ...parts, outbox }
}
