import { type Digest, digestOf } from '@breakglass/verify'

export interface Account {
  issuer: string
  subject: string
}

/** Who vouches for a plain e-mail address: the administrator who invited it. */
export const localIssuer = 'local'

/**
 * The account that a reference of the program, an e-mail or a sign-in means: `github:kofi` names its issuer, anything else
 * is an address this organisation vouches for itself. Case is folded here, in code, so that both engines agree.
 */
export function accountOf(reference: string): Account {
  const [, issuer, subject] = /^([a-z][a-z0-9.-]*):(.+)$/i.exec(reference) ?? []
  if (issuer !== undefined && subject !== undefined) {
    return { issuer: issuer.toLowerCase(), subject: subject.toLowerCase() }
  }
  return { issuer: localIssuer, subject: reference.trim().toLowerCase() }
}

/** As the program and people write it. */
export const accountText = ({ issuer, subject }: Account): string =>
  issuer === localIssuer ? subject : `${issuer}:${subject}`

/**
 * The pseudonym under which a hook tells whose push it let through (docs/formats/point-journal.md "Who pushed"). Whoever
 * holds the list of accounts finds the person; a report that is kept for years names nobody once the account is gone.
 */
export const pusherOf = (organization: string, account: Account): Digest =>
  digestOf(`breakglass pusher v1\n${organization}\n${account.issuer}\n${account.subject}`)
