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

export type { Envelope, Statement, StatementType } from './statement.ts'
export { formatStatement, leafHash, parseStatement, statementBytesMax } from './statement.ts'
export type { Change, DocumentRef, RepositoryId } from './body/parts.ts'
export { sameChange, sameRepository } from './body/parts.ts'
export type { Scope } from './body/scope.ts'
export { grantTtlSecondsMax, grantTtlSecondsMin, grantUsesMax, offlineTtlSecondsMax, parseScope } from './body/scope.ts'
export type { GrantedBody } from './body/granted.ts'
export { parseGrantedBody } from './body/granted.ts'
export type { ProgramPublishedBody } from './body/program-published.ts'
export { parseProgramPublishedBody } from './body/program-published.ts'
export type { WaiverGrantedBody } from './body/waiver-granted.ts'
export { parseWaiverGrantedBody, waiverSecondsMax } from './body/waiver-granted.ts'
export type { PassedUnavailableBody } from './body/passed-unavailable.ts'
export { parsePassedUnavailableBody, unavailableWindowSecondsMax } from './body/passed-unavailable.ts'
export type { ReceiptBody } from './body/receipt.ts'
export { parseReceiptBody } from './body/receipt.ts'

export type { Issuer, KeyRange, PointKey, Trust } from './trust.ts'
export { formatTrust, hasOpenRange, isInRange, parseTrust, trustBytesMax } from './trust.ts'
export { checkTrustSuccession } from './trust-succession.ts'

export type { Logged } from './judge.ts'
export type { VerifiedStatement } from './verify-statement.ts'
export { verifyStatement } from './verify-statement.ts'
export type { GrantQuestion, VerifiedGrant } from './verify-grant.ts'
export { checkWitnessed, cosignedAfterMsMax, verifyGrant } from './verify-grant.ts'
export { clockSkewMs } from './scope-checks.ts'
export { carriedBytesMax, formatCarried, parseCarried } from './carried.ts'
export type { ReceiptQuestion, VerifiedReceipt } from './verify-receipt.ts'
export { receiptSecondsMax, verifyReceipt } from './verify-receipt.ts'
export type { VerifiedWaiver, WaiverQuestion } from './verify-waiver.ts'
export { verifyWaiver } from './verify-waiver.ts'
export type { VerifiedPassedUnavailable } from './verify-passed-unavailable.ts'
export { verifyPassedUnavailable } from './verify-passed-unavailable.ts'
export type { ProgramBundle, VerifiedProgramBundle } from './program-bundle.ts'
export {
  formatProgramBundle,
  parseProgramBundle,
  programBundleBytesMax,
  verifyProgramBundle,
} from './program-bundle.ts'
export { verifyReport } from './report.ts'
export type { ExportedEntry, ExportVerdict } from './export.ts'
export { exportBytesMax, verifyExport } from './export.ts'
export type { ExportedText } from './export-texts.ts'
