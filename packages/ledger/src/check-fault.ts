/** What fsck found wrong. A `note` is worth knowing and mended by the next start; a `fault` is not. */
export interface LedgerFault {
  code:
    | 'config'
    | 'state'
    | 'checkpoint'
    | 'bundle'
    | 'tile'
    | 'root'
    | 'index'
    | 'journal'
    | 'credentials'
    | 'inconsistent'
    | 'unexpected_file'
  at: string
  message: string
}

/** Enough to see what kind of damage it is; a lost disk should not fill another one with its faults. */
export const faultsMax = 100

export class Faults {
  readonly list: LedgerFault[] = []

  add(code: LedgerFault['code'], at: string, message: string): void {
    if (this.list.length < faultsMax) this.list.push({ code, at, message })
  }
}
