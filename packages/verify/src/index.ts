export type { Fault, FaultCode, Parsed, Verdict } from './fault.ts'
export { faultCodes } from './fault.ts'
export {
  concatBytes,
  decodeBase64,
  decodeBase64url,
  decodeUtf8,
  encodeBase64,
  encodeBase64url,
  encodeHex,
  encodeUtf8,
  sameBytes,
  sha256,
} from './bytes.ts'
export type { Commit, Digest } from './digest.ts'
export { commitmentOf, digestOf, formatDigest, isCommit, isDigest } from './digest.ts'
export { isId } from './id.ts'
export type { Instant } from './instant.ts'
export { instantToMs, isInstant, msToInstant } from './instant.ts'
export type { Json, JsonObject } from './canonical-json.ts'
export { canonicalJson, parseCanonicalJson } from './canonical-json.ts'
export type { Signer } from './ed25519.ts'
export { signerFromSeed, thumbprint, verifyEd25519 } from './ed25519.ts'

export type { VerifierKey } from './vkey.ts'
export { formatVkey, noteKeyType, parseVkey } from './vkey.ts'
export type { NoteSignature, SignedNote } from './note.ts'
export { noteBytesMax, parseNote } from './note.ts'
export type { NoteSigner } from './note-signer.ts'
export { formatPrivateNoteKey, parsePrivateNoteKey, signNote } from './note-signer.ts'
export type { Cosigner } from './cosignature.ts'
export { cosignerFromSeed } from './cosignature.ts'
export type { Checkpoint } from './checkpoint.ts'
export { formatCheckpoint, parseCheckpoint } from './checkpoint.ts'
export type { Cosignature, VerifiedCheckpoint } from './open-checkpoint.ts'
export { openCheckpoint } from './open-checkpoint.ts'
export type { PolicyGroup, PolicyLog, PolicyWitness, TrustPolicy } from './policy.ts'
export { meetsQuorum, parseTrustPolicy, policyHasWitnesses } from './policy.ts'
export { emptyRoot, hashLeaf, hashNode } from './tree-hash.ts'
export { Frontier } from './frontier.ts'
export type { HashReader } from './tree.ts'
export { checkConsistency, checkInclusion, consistencyProof, inclusionProof, rootOf } from './tree.ts'
export type { TileAddress } from './tiles.ts'
export { formatBundle, parseBundle, parseTilePath, tilePath, tileWidth } from './tiles.ts'
export type { TlogProof } from './proof.ts'
export { formatTlogProof, parseTlogProof, tlogProofBytesMax } from './proof.ts'
