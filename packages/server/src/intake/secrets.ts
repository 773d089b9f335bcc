import { BreakglassError } from '@breakglass/core/errors'

/** While one is replaced by the next, both are taken; more than a few at once is nobody's rotation. */
const secretsMax = 10
const secretLengthMin = 16
const secretLengthMax = 1000

/** The file of `--github-secret-file`: one secret a line, all of them accepted. Throws `usage`, with nothing of a secret in it. */
export function parseSecrets(text: string): string[] {
  const secrets = text.split(/\r?\n/).filter(line => line !== '')
  if (secrets.length === 0 || secrets.length > secretsMax)
    throw usage(`expected 1 to ${secretsMax} lines, each a webhook secret, found ${secrets.length}`)
  for (const [at, secret] of secrets.entries()) {
    if (secret.trim() !== secret || secret.length < secretLengthMin || secret.length > secretLengthMax)
      throw usage(
        `line ${at + 1}: expected ${secretLengthMin} to ${secretLengthMax} characters without blanks around them, such as openssl rand -hex 32 gives`,
      )
  }
  return secrets
}

const usage = (words: string) => new BreakglassError('usage', `--github-secret-file: ${words}.`)
