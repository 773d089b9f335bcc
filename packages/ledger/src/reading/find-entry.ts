import { formatDigest, hashLeaf, parseStatement, tileWidth } from '@breakglass/verify'
import { LedgerError } from '../errors.ts'
import type { VerifiedTree } from './verified-tree.ts'

/** An entry by its index, its leaf hash `sha256:…` or the id of its statement; the latter two look through the log. */
export async function findEntry(
  tree: VerifiedTree,
  size: number,
  name: string,
  progress: (looked: number) => void = () => undefined,
): Promise<{ index: number; entry: Uint8Array }> {
  if (/^(0|[1-9][0-9]{0,15})$/.test(name)) return { index: Number(name), entry: await tree.entry(Number(name)) }
  if (!/^(sha256:[0-9a-f]{64}|[a-z]{1,3}_[0-9a-z]{26})$/.test(name)) {
    throw new LedgerError('bad_usage', 'expected an index, a leaf hash sha256:… or the id of a statement s_…')
  }
  const isIt = name.startsWith('sha256:')
    ? (entry: Uint8Array) => formatDigest(hashLeaf(entry)) === name
    : (entry: Uint8Array) => sidOf(entry) === name
  for (let bundle = 0; bundle * tileWidth < size; bundle++) {
    const entries = await tree.bundle(bundle)
    const at = entries.findIndex(isIt)
    const entry = entries[at]
    if (entry !== undefined) return { index: bundle * tileWidth + at, entry }
    progress(bundle * tileWidth + entries.length)
  }
  throw new LedgerError('not_in_log', `none of the ${size} entries is ${name}`)
}

function sidOf(entry: Uint8Array): string | undefined {
  const statement = parseStatement(Buffer.from(entry).toString('latin1'))
  return statement.ok ? statement.value.envelope.sid : undefined
}
