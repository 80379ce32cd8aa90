/** Varve for those who hold entries, proofs and keys: verify offline, read a log, submit to one. Runs in a browser. */
export * from './client/client.ts';
export { type EventWindow, openEventWindow } from './client/event-window.ts';
export { type BundleSource, openBundle } from './core/bundle.ts';
export { type Checkpoint, openCheckpoint, type VerifiedCheckpoint } from './core/checkpoint.ts';
export { checkConsistency } from './core/consistency.ts';
export {
  type ErrorCode,
  type ErrorDetails,
  isTransparencyError,
  TransparencyError,
} from './core/error.ts';
export { checkForkProof } from './core/fork-proof.ts';
export { leafHash } from './core/hash.ts';
export { checkInclusion } from './core/inclusion.ts';
export { type Policy, parsePolicy } from './core/policy.ts';
export {
  openProofFile,
  type ProofFile,
  type ProvenEntry,
  parseProofFile,
} from './core/proof-file.ts';
export { authenticatedTiles, type TileSource } from './core/tile-reader.ts';
export { formatVkey, parseVkey, type VerifierKey } from './core/vkey.ts';
export { checkIndexFraud, type ShownFraud } from './event/index-fraud.ts';
export { type Leaf, parseLeaf } from './event/leaf.ts';
export { formatLookupKey, type LookupKey, parseLookupKey, type Selector } from './event/map.ts';
export { checkReceipt, parseReceipt, type Receipt } from './event/receipt.ts';
export { type ReducedEvent, reduceEvent, whyReduce } from './event/reduced-event.ts';
export { parseSubmission, type Submission } from './event/submission.ts';
