import { base64, parseBase64 } from './base64.ts';
import { compareBytes, utf8, utf8Text } from './bytes.ts';
import { type Checkpoint, openCheckpoint, parseCheckpoint } from './checkpoint.ts';
import { TransparencyError } from './error.ts';
import { parseNote } from './note.ts';
import { checkTreeHead, type TreeHead, treeHeadInput } from './tree-head.ts';
import type { VerifierKey } from './vkey.ts';

/** A head that a log signed, of either face, as somebody kept it. Parsed and not trusted. */
export type ForkHead =
  | { readonly face: 'checkpoint'; readonly note: Uint8Array }
  | {
      readonly face: 'tree-head';
      readonly head: TreeHead;
      /** DER ECDSA-Sig-Value. */
      readonly signature: Uint8Array;
    };

/** Size and root hash of a head; of a tree head its time as well. */
export interface ForkHeadValues extends Pick<Checkpoint, 'size' | 'rootHash'> {
  readonly timeMs?: number;
}

/** The keys of the log that is said to have signed a head. */
export interface ForkKeys {
  readonly logKey: VerifierKey;
  /** Default: the name of the log's key. */
  readonly origin?: string;
  /** DER SubjectPublicKeyInfo; needed where a head is an RFC 6962 one. */
  readonly p256PublicKey?: Uint8Array;
}

/**
 * Verifies a head with the keys of its log. A log that adds lines to its checkpoints is a log still.
 *
 * @throws {TransparencyError} note.*, checkpoint.*, tree-head.bad-signature; fork-proof.proves-nothing where a tree head
 *   comes without a P-256 key
 */
export function openForkHead(head: ForkHead, keys: ForkKeys): ForkHeadValues {
  const { logKey, origin = logKey.name, p256PublicKey } = keys;
  if (head.face === 'checkpoint') {
    return openCheckpoint(head.note, { logKey, origin, allowExtensions: true });
  }
  if (p256PublicKey === undefined) {
    const why = 'no P-256 key to check a tree head with';
    throw new TransparencyError('fork-proof.proves-nothing', why);
  }
  checkTreeHead({ ...head.head, signature: head.signature, p256PublicKey });
  return head.head;
}

/** Size, root and time of a head, not verified. @throws {TransparencyError} note.*, checkpoint.* */
export function readForkHead(head: ForkHead): ForkHeadValues {
  if (head.face === 'tree-head') return head.head;
  return parseCheckpoint(parseNote(head.note).text, { allowExtensions: true });
}

/** The order of heads in a proof: by size, then by root hash. Negative, 0 or positive. */
export function compareForkHeads(a: ForkHead, b: ForkHead): number {
  const [one, other] = [readForkHead(a), readForkHead(b)];
  return one.size - other.size || compareBytes(one.rootHash, other.rootHash);
}

/** One head as bytes of its own: the note as it stands, or the line of a tree head and a newline. */
export function formatForkHead(head: ForkHead): Uint8Array {
  return head.face === 'checkpoint' ? head.note : utf8(`${formatTreeHeadLine(head)}\n`);
}

/**
 * A head from its bytes, as formatForkHead writes them. What a note says is not looked at.
 *
 * @throws {TransparencyError} fork-proof.malformed, tree-head.malformed for what begins as the line of a tree head
 */
export function parseForkHead(bytes: Uint8Array): ForkHead {
  // A note has a blank line, and this has one line.
  const isLine = bytes.length <= TREE_HEAD_LINE_MAX && bytes.indexOf(0x0a) === bytes.length - 1;
  if (!isLine || bytes.length === 0) return { face: 'checkpoint', note: bytes };
  return parseTreeHeadLine(utf8Text(bytes.subarray(0, -1)));
}

/** `head tree-head <size> <time in ms> <base64 root hash> <base64 DER signature>` (spec/7-proof-file.md §5) */
export function formatTreeHeadLine({
  head,
  signature,
}: Extract<ForkHead, { face: 'tree-head' }>): string {
  const { size, timeMs, rootHash } = head;
  return `head tree-head ${size} ${timeMs} ${base64(rootHash)} ${base64(signature)}`;
}

/** @throws {TransparencyError} fork-proof.malformed, tree-head.malformed, bytes.not-base64 */
export function parseTreeHeadLine(line: string): Extract<ForkHead, { face: 'tree-head' }> {
  const parts = /^head tree-head (0|[1-9]\d{0,15}) (0|[1-9]\d{0,15}) (\S{44}) (\S{1,200})$/.exec(
    line,
  );
  if (parts === null) throw new TransparencyError('fork-proof.malformed', 'not a head line');
  const [, size, timeMs, root = '', signature = ''] = parts;
  const head = { size: Number(size), timeMs: Number(timeMs), rootHash: parseBase64(root) };
  treeHeadInput(head);
  return { face: 'tree-head', head, signature: parseBase64(signature) };
}

const TREE_HEAD_LINE_MAX = 400;
