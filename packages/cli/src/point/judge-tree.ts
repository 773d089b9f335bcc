import type { VerifiedCheckpoint } from '@breakglass/verify'
import type { Refusal, Scene } from './judge.ts'

/** docs/formats/point-journal.md: what is shown under a tree that is not joined opens nothing; a grant for an outage does. */
export function treeRefusal(
  name: string,
  checkpoint: VerifiedCheckpoint,
  { scene, offline = false }: { scene: Scene; offline?: boolean },
): Refusal | undefined {
  const standing = scene.standing(checkpoint)
  if (standing === 'joined' || (standing === 'unjoined' && offline)) return undefined
  const words = `${name} stands under a tree of the ledger (of ${checkpoint.size}) that was not shown to be of one history with what this point remembers`
  return { code: 'ledger_unjoined', words }
}
