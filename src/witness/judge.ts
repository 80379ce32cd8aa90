import { type AddCheckpoint, parseAddCheckpoint } from '../core/add-checkpoint.ts';
import { equalBytes } from '../core/bytes.ts';
import { type Checkpoint, parseCheckpoint } from '../core/checkpoint.ts';
import { checkConsistency } from '../core/consistency.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import { EMPTY_ROOT } from '../core/hash.ts';
import { type Note, parseNote } from '../core/note.ts';

/** A request whose form is right; who signed it is not known yet. */
export interface ReadRequest extends AddCheckpoint {
  /** As it came. */
  readonly body: Uint8Array;
  readonly parsed: Note;
  readonly checkpoint: Checkpoint;
}

/** What a signed request comes to, held against the last head. */
export type Judgement =
  | { readonly kind: 'fits' }
  /** Its old size is not that of the last head, which is told. */
  | { readonly kind: 'stale'; readonly size: number }
  | {
      readonly kind: 'inconsistent';
      readonly detail: string;
      /** The signed head itself is at odds with the last one, and not only the unsigned proof in its form. */
      readonly isHeadAtOdds: boolean;
    };

/**
 * Reads a request: body, note and checkpoint. Lines behind the root are another log's right, and are cosigned with the
 * rest of the text.
 *
 * @throws {TransparencyError} add-checkpoint.malformed, also for an old size above the checkpoint's; note.*, checkpoint.*
 */
export function readRequest(body: Uint8Array): ReadRequest {
  const request = parseAddCheckpoint(body);
  const parsed = parseNote(request.note);
  const options = { allowExtensions: true, allowAnyEmptyRoot: true };
  const checkpoint = parseCheckpoint(parsed.text, options);
  if (request.oldSize > checkpoint.size) {
    throw new TransparencyError(
      'add-checkpoint.malformed',
      `old size ${request.oldSize} above the checkpoint's ${checkpoint.size}`,
    );
  }
  return { ...request, body, parsed, checkpoint };
}

/**
 * Does a signed head follow from the last one that was cosigned? (C2SP tlog-witness, spec/10-witness.md §2)
 *
 * @param known  null: none was cosigned yet
 */
export function judge(known: Checkpoint | null, request: ReadRequest): Judgement {
  const { oldSize, proof, checkpoint } = request;
  const { size, rootHash } = checkpoint;
  const knownSize = known?.size ?? 0;
  if (oldSize !== knownSize) return { kind: 'stale', size: knownSize };
  if (size === 0 && !equalBytes(rootHash, EMPTY_ROOT)) {
    return atOdds('size 0 with another root than that of the empty tree');
  }
  if (oldSize === size || oldSize === 0) {
    if (known !== null && size === knownSize && !equalBytes(rootHash, known.rootHash)) {
      return atOdds(`another root at size ${size}`);
    }
    if (proof.length === 0) return { kind: 'fits' };
    const detail = `a proof of ${proof.length} lines from size ${oldSize} to ${size}, which needs none`;
    return { kind: 'inconsistent', detail, isHeadAtOdds: false };
  }
  return judgeProof(known?.rootHash ?? EMPTY_ROOT, request);
}

function judgeProof(firstRoot: Uint8Array, request: ReadRequest): Judgement {
  const { size, rootHash } = request.checkpoint;
  const sizes = { first: request.oldSize, second: size };
  try {
    checkConsistency({ ...sizes, firstRoot, secondRoot: rootHash, path: request.proof });
    return { kind: 'fits' };
  } catch (error) {
    if (!isTransparencyError(error)) throw error;
    return atOdds(error.message);
  }
}

function atOdds(detail: string): Judgement {
  return { kind: 'inconsistent', detail, isHeadAtOdds: true };
}
