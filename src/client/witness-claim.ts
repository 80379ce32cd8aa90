import { originHash } from '../core/add-checkpoint.ts';
import { equalBytes } from '../core/bytes.ts';
import { openCheckpoint, type VerifiedCheckpoint } from '../core/checkpoint.ts';
import type { ClaimVerdict, CosignTree, WitnessEvidence } from '../core/cosign-round.ts';
import { isTransparencyError } from '../core/error.ts';
import type { VerifierKey } from '../core/vkey.ts';
import { type Fetch, fetchBounded } from './http-fetch.ts';

/** Where a claim is looked into, and whose log it is about. */
export interface ClaimOptions {
  /** Monitoring prefix of the witness. */
  readonly url: string;
  readonly logKey: VerifierKey;
  readonly fetch: Fetch;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** What looking into a claim gave. */
export interface ClaimFinding {
  readonly verdict: ClaimVerdict;
  /** With the verdict `evidence`. */
  readonly evidence?: Omit<WitnessEvidence, 'witness'>;
}

const NOTE_BYTES_READ_MAX = 131_072;

/**
 * Asks a witness that claims something to show it: the note on its monitoring endpoint. (spec/10-witness.md §6)
 *
 * `evidence`: the log's own key signed a head that its tree does not contain. `refuted`: the head fits the tree.
 * `unproven`: nothing came that the log's key signed. It throws only when the signal aborts or `rootAt` does.
 */
export async function lookIntoClaim(
  options: ClaimOptions,
  tree: Pick<CosignTree, 'rootAt'>,
): Promise<ClaimFinding> {
  const note = await readMonitored(options);
  const head = note === undefined ? undefined : openHead(note, options.logKey);
  if (note === undefined || head === undefined) return { verdict: 'unproven' };
  const { size, rootHash } = head;
  const root = await tree.rootAt(size);
  if (root !== null && equalBytes(root, rootHash)) return { verdict: 'refuted' };
  return { verdict: 'evidence', evidence: { note, size, rootHash } };
}

async function readMonitored(options: ClaimOptions): Promise<Uint8Array | undefined> {
  const { url, logKey, fetch, timeoutMs, signal } = options;
  try {
    const reply = await fetchBounded({
      fetch,
      url: `${url}/${originHash(logKey.name)}/checkpoint`,
      replyBytesMax: NOTE_BYTES_READ_MAX,
      timeoutMs,
      signal,
    });
    return reply.status === 200 ? reply.bytes : undefined;
  } catch (error) {
    if (isTransparencyError(error)) return undefined;
    throw error;
  }
}

function openHead(note: Uint8Array, logKey: VerifierKey): VerifiedCheckpoint | undefined {
  try {
    // The log writes no lines behind the root, but whoever has its key may.
    return openCheckpoint(note, { logKey, allowExtensions: true });
  } catch (error) {
    if (isTransparencyError(error)) return undefined;
    throw error;
  }
}
