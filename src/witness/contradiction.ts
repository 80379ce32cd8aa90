import type { AddCheckpoint } from '../core/add-checkpoint.ts';
import { equalBytes } from '../core/bytes.ts';
import type { Checkpoint } from '../core/checkpoint.ts';
import { isTransparencyError } from '../core/error.ts';
import { proveFork } from '../core/fork-proof.ts';
import type { VerifierKey } from '../core/vkey.ts';
import type { WitnessEvidenceFile } from './ports.ts';

/** A head that the log signed, beside the last one that was cosigned for it. */
export interface TwoHeads {
  readonly known: Checkpoint & { readonly note: Uint8Array };
  readonly seen: Checkpoint & { readonly note: Uint8Array };
  readonly keys: readonly VerifierKey[];
}

/**
 * The fork proof that two signed heads make, if they do: two roots of one size, or a path of the log's own that leads to
 * the root of the larger and to another one than that of the smaller. (spec/7-proof-file.md §5)
 */
export function forkOf(
  heads: TwoHeads,
  path: AddCheckpoint['proof'],
): WitnessEvidenceFile | undefined {
  const { known, seen, keys } = heads;
  if (known.size > seen.size) return undefined;
  if (known.size === seen.size && equalBytes(known.rootHash, seen.rootHash)) return undefined;
  for (const logKey of keys) {
    const file = tryFork(heads, known.size === seen.size ? [] : path, logKey);
    if (file !== undefined) return { kind: 'fork', bytes: file };
  }
  return undefined;
}

function tryFork(
  { known, seen }: TwoHeads,
  path: readonly Uint8Array[],
  logKey: VerifierKey,
): Uint8Array | undefined {
  const heads = [
    { face: 'checkpoint', note: known.note },
    { face: 'checkpoint', note: seen.note },
  ] as const;
  try {
    return proveFork({ heads, path }, { logKey, origin: seen.origin });
  } catch (error) {
    // Most requests that do not fit prove nothing: their path may just be wrong.
    if (isTransparencyError(error)) return undefined;
    throw error;
  }
}
