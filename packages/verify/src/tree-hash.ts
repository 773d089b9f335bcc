import { concatBytes, sha256 } from './bytes.ts'

/** RFC 6962 §2.1: the prefixes keep a leaf from ever being read as a node. */
export function hashLeaf(entry: Uint8Array): Uint8Array {
  return sha256(concatBytes(leafPrefix, entry))
}

export function hashNode(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(concatBytes(nodePrefix, left, right))
}

/** Of the tree without leaves: SHA-256 of nothing. */
export const emptyRoot: Uint8Array = sha256(new Uint8Array(0))

const leafPrefix = Uint8Array.of(0)
const nodePrefix = Uint8Array.of(1)
