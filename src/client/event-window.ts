import { sha256 } from '#sha256';
import { base64, parseBase64 } from '../core/base64.ts';
import { equalBytes } from '../core/bytes.ts';
import { openCheckpoint, type VerifiedCheckpoint } from '../core/checkpoint.ts';
import { TransparencyError } from '../core/error.ts';
import type { Policy } from '../core/policy.ts';
import type { ProvenEntry } from '../core/proof-file.ts';
import { quorumTime } from '../core/quorum.ts';
import { parseLeaf } from '../event/leaf.ts';
import { logKeyOfPolicy } from './trust.ts';

/** When an event came to be, as far as others than its source vouch for it. POSIX seconds; null: nobody does. */
export interface EventWindow {
  /** It names a checkpoint that its source could not have known before. */
  readonly notBeforeSeconds: number | null;
  /** A quorum had seen the tree with it by then. */
  readonly notAfterSeconds: number | null;
  /** The checkpoint that it names, verified; null: it names none, or none was given. */
  readonly seen: VerifiedCheckpoint | null;
  /** What its source claims, RFC 3339; null for what is no event. */
  readonly claimed: string | null;
  /** Whether the claim lies in the window, a second on each side left to rounding; null where an end is open. */
  readonly isClaimInside: boolean | null;
}

/**
 * The window in which an event came to be. (design §7, spec/7-proof-file.md §4)
 *
 * The time that an event claims is never proven: it is inside of the window or outside of it.
 *
 * @param parts.entry   exact bytes of the leaf that `proven` was opened for
 * @param parts.seen    the checkpoint that `ctx.seen.note` names, as the source received it; without it there is no
 *   bound below
 * @throws {TransparencyError} seen.mismatch if the event names none, or another; leaf.malformed; what `openCheckpoint`
 *   throws of it
 */
export function openEventWindow(parts: {
  readonly entry: Uint8Array;
  readonly proven: ProvenEntry;
  readonly policy: Policy;
  readonly seen?: Uint8Array;
}): EventWindow {
  const { entry, proven, policy } = parts;
  const seen = parts.seen === undefined ? null : openSeen(parts.seen, parts);
  const notBeforeSeconds =
    seen === null ? null : quorumTime(policy, seen.cosignatures).notBeforeSeconds;
  const { notAfterSeconds } = proven.time;
  const claimed = claimOf(entry);
  const at = Date.parse(claimed ?? '') / 1_000;
  // Of a leap second nobody here knows the time.
  const isOpen = notBeforeSeconds === null || notAfterSeconds === null || Number.isNaN(at);
  const isClaimInside = isOpen ? null : at >= notBeforeSeconds - 1 && at <= notAfterSeconds + 1;
  return { notBeforeSeconds, notAfterSeconds, seen, claimed, isClaimInside };
}

/** The checkpoint that the event names, and of the log that it is in. */
function openSeen(
  note: Uint8Array,
  { entry, proven, policy }: Parameters<typeof openEventWindow>[0],
): VerifiedCheckpoint {
  const leaf = parseLeaf(entry);
  const named = leaf.v === 'nhi.leaf/1' ? leaf.event.ctx?.seen : undefined;
  if (named?.note === undefined) throw mismatch('the entry names no checkpoint by its note');
  if (!equalBytes(sha256(note), parseBase64(named.note))) {
    throw mismatch('the entry names another note than this one');
  }
  const { origin } = proven.checkpoint;
  const seen = openCheckpoint(note, { logKey: logKeyOfPolicy(policy, origin), policy });
  if (seen.size !== named.size || base64(seen.rootHash) !== named.root) {
    throw mismatch('the note is of another tree than the one that the entry names');
  }
  // Who saw a tree comes behind it.
  if (seen.size > proven.leafIndex) throw mismatch('the entry is in the tree that it names');
  return seen;
}

function claimOf(entry: Uint8Array): string | null {
  try {
    const leaf = parseLeaf(entry);
    return leaf.v === 'nhi.leaf/1' ? leaf.event.time.occurred : null;
  } catch (error) {
    if (error instanceof TransparencyError) return null;
    throw error;
  }
}

function mismatch(why: string): TransparencyError {
  return new TransparencyError('seen.mismatch', why);
}
