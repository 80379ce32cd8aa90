/** The face of the room: a reader that verifies before it returns, and a submitter that checks its receipts. */
export type { Answer, Refusal } from './answers.ts';
export { type CustodyAnswer, callCustody } from './custody-client.ts';
export type { HeadConflict } from './head-memory.ts';
export type { Fetch } from './http-fetch.ts';
export type { LogLocation } from './http-tiles.ts';
export {
  type InclusionProof,
  type LogClient,
  type LogClientOptions,
  openLogClient,
  type VerifiedProofFile,
} from './log-client.ts';
export {
  type LookupOptions,
  type LookupQuery,
  type LookupResult,
  lookup,
} from './lookup-client.ts';
export type { LookupEntry } from './lookup-entries.ts';
export type { GradeOf } from './lookup-grade.ts';
export type { IndexRange, KnownPostings } from './lookup-pages.ts';
export {
  type Grade,
  type LookupPolicy,
  lookupPolicyOf,
  parseLookupPolicy,
} from './lookup-policy.ts';
export { lookupNotProven, lookupSentence } from './lookup-words.ts';
export { readOpenings } from './openings.ts';
export {
  checkOwnEvents,
  type NamedEvent,
  type OwnEvents,
  type OwnEventsReport,
  sentEvent,
} from './own-events.ts';
export type { Reducing } from './reducing.ts';
export type { RetryPolicy } from './retry.ts';
export {
  openSubmitter,
  proveReceipt,
  type SubmitCallOptions,
  type SubmitResult,
  type Submitter,
  type SubmitterOptions,
} from './submitter.ts';
export { logKeyOfPolicy, policyOfVkey } from './trust.ts';
export {
  createWitnessCosigner,
  type WitnessCosigner,
  type WitnessCosignerOptions,
} from './witness-client.ts';
