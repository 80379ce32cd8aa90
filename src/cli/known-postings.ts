import type { KnownPostings } from '../client/client.ts';
import { base64, parseBase64 } from '../core/base64.ts';
import { utf8, utf8Text } from '../core/bytes.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import { isSize } from '../core/integers.ts';
import { isEdge } from '../core/tree.ts';
import { isJsonObject, type JsonValue, parseStrictJson } from '../event/strict-json.ts';
import { readFileIfAny } from '../storage/linked-file.ts';
import { replaceFile } from '../storage/replaced-file.ts';

/** What a lookup keeps for the next one of the same key. */
export interface KeptLookup {
  readonly origin: string;
  /** `selector:value` */
  readonly key: string;
  /** The signed note that everything was verified under: the log has to grow from it. */
  readonly checkpoint: Uint8Array;
  readonly known: KnownPostings & { readonly edge: readonly Uint8Array[] };
}

/**
 * Reads what an earlier lookup kept in a file; null if there is none.
 *
 * @throws {TransparencyError} config.malformed if it is of another log or key, or not as it was written
 */
export async function readKept(
  path: string,
  of: Pick<KeptLookup, 'origin' | 'key'>,
): Promise<KeptLookup | null> {
  const bytes = await readFileIfAny(path).catch((cause: unknown) => {
    throw malformed(`${path} cannot be read`, cause);
  });
  if (bytes === undefined) return null;
  const kept = parseKept(bytes);
  if (kept === null) throw malformed(`${path} is not what a lookup keeps`);
  if (kept.origin === of.origin && kept.key === of.key) return kept;
  throw malformed(`${path} is of ${kept.key} in ${kept.origin}`);
}

/** Keeps what is known now, in the place of what was: the file is whole at any time. */
export async function writeKept(path: string, kept: KeptLookup): Promise<void> {
  const { origin, key, checkpoint, known } = kept;
  const { count, lastIndex, edge } = known;
  const members = { origin, key, count, lastIndex, edge: edge.map(base64) };
  const text = `${JSON.stringify({ ...members, checkpoint: utf8Text(checkpoint) })}\n`;
  await replaceFile(path, text, 0o666);
}

function parseKept(bytes: Uint8Array): KeptLookup | null {
  try {
    const value = parseStrictJson(bytes);
    return isJsonObject(value) ? keptOf(value) : null;
  } catch (error) {
    if (isTransparencyError(error)) return null;
    throw error;
  }
}

function keptOf(value: { readonly [name: string]: JsonValue }): KeptLookup | null {
  const { origin, key, checkpoint, count, lastIndex, edge } = value;
  if (typeof origin !== 'string' || typeof key !== 'string') return null;
  if (typeof checkpoint !== 'string' || typeof count !== 'number' || !Array.isArray(edge)) {
    return null;
  }
  const last = lastIndex ?? null;
  if (last !== null && (typeof last !== 'number' || !isSize(last))) return null;
  const hashes = edge.map((one) => parseBase64(typeof one === 'string' ? one : '!'));
  if (!isEdge({ size: count, hashes }) || (count === 0) !== (last === null)) return null;
  const known = { count, lastIndex: last, edge: hashes };
  return { origin, key, checkpoint: utf8(checkpoint), known };
}

function malformed(why: string, cause?: unknown): TransparencyError {
  return new TransparencyError('config.malformed', why, cause === undefined ? {} : { cause });
}
