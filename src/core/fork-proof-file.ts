import { base64, parseBase64 } from './base64.ts';
import { utf8, utf8Text } from './bytes.ts';
import { isTransparencyError, TransparencyError } from './error.ts';
import {
  compareForkHeads,
  type ForkHead,
  formatTreeHeadLine,
  parseTreeHeadLine,
} from './fork-head.ts';
import { HASH_LENGTH } from './hash.ts';
import { NOTE_BYTES_MAX } from './note.ts';

/** What is wrong with two heads. */
export type ForkKind =
  /** One size, two roots. */
  | 'same-size'
  /** The tree of the larger has another root at the size of the smaller. */
  | 'not-a-prefix'
  /** Two RFC 6962 heads, the smaller one signed for a later time. */
  | 'time-back';

/** That the keys of both faces are of one log: its genesis leaf, and the path of leaf 0 in the tree of the checkpoint. */
export interface ForkBinding {
  readonly genesis: Uint8Array;
  readonly path: readonly Uint8Array[];
}

/** Two heads that one log must not have signed, and what shows it. Parsed and not trusted. */
export interface ForkProof {
  readonly kind: ForkKind;
  /** The smaller head; of one size, the one with the smaller root hash. */
  readonly first: ForkHead;
  readonly second: ForkHead;
  /** Explicit path from the smaller size to the larger; empty unless the kind is `not-a-prefix`. */
  readonly path: readonly Uint8Array[];
  /** Where the heads are of different faces, and nowhere else. */
  readonly binding?: ForkBinding;
}

/**
 * Reads a fork proof: `formatForkProof(parseForkProof(bytes))` is `bytes`. (spec/7-proof-file.md §5)
 *
 * @throws {TransparencyError} fork-proof.malformed
 */
export function parseForkProof(bytes: Uint8Array): ForkProof {
  try {
    return readProof(bytes);
  } catch (cause) {
    if (isTransparencyError(cause, 'fork-proof.malformed') || !isTransparencyError(cause))
      throw cause;
    throw new TransparencyError('fork-proof.malformed', cause.message, { cause });
  }
}

/**
 * The bytes of a fork proof, as parseForkProof reads them.
 *
 * @throws {TransparencyError} fork-proof.malformed
 */
export function formatForkProof(proof: ForkProof): Uint8Array {
  const heads = [proof.first, proof.second];
  const { binding } = proof;
  const lines = [
    FORK_PROOF_HEADER,
    `kind ${proof.kind}`,
    ...heads.map(formatHead),
    ...(binding === undefined ? [] : [`${GENESIS}${base64(binding.genesis)}`]),
    ...(binding?.path ?? []).map((node) => `${GENESIS_NODE}${base64(node)}`),
    ...proof.path.map((node) => `${NODE}${base64(node)}`),
  ];
  const notes = heads.flatMap((head) => (head.face === 'checkpoint' ? [utf8Text(head.note)] : []));
  const bytes = utf8([`${lines.join('\n')}\n`, ...notes].join('\n'));
  parseForkProof(bytes);
  return bytes;
}

/** First line of a fork proof. */
export const FORK_PROOF_HEADER = 'varve/fork-proof@v1';
const GENESIS = 'genesis ';
const GENESIS_NODE = 'genesis-node ';
const NODE = 'node ';
/** Longest fork proof: two notes and a genesis leaf in base64. */
export const FORK_PROOF_BYTES_MAX: number = 2 * NOTE_BYTES_MAX + 100_000;

function readProof(bytes: Uint8Array): ForkProof {
  if (bytes.length > FORK_PROOF_BYTES_MAX) throw malformed(`${bytes.length} bytes`);
  const text = utf8Text(bytes);
  if (!text.endsWith('\n')) throw malformed('the last line does not end');
  // No line of a checkpoint is empty, so blank lines stand around and in the middle of notes only.
  const [head = '', ...halves] = text.slice(0, -1).split('\n\n');
  const [header, kindLine, firstLine = '', secondLine = '', ...lines] = head.split('\n');
  if (header !== FORK_PROOF_HEADER) throw malformed(`the first line is not ${FORK_PROOF_HEADER}`);
  const kind = KINDS.find((one) => kindLine === `kind ${one}`);
  if (kind === undefined) throw malformed('no kind of fork');
  if (halves.length % 2 !== 0) throw malformed('a note without signatures');
  const notes: Uint8Array[] = [];
  for (let i = 0; i < halves.length; i += 2) notes.push(utf8(`${halves[i]}\n\n${halves[i + 1]}\n`));
  const first = parseHead(firstLine, notes);
  const second = parseHead(secondLine, notes);
  if (notes.length > 0) throw malformed('a note that no head line stands for');
  const binding = takeBinding(lines);
  const path = lines.splice(0).map((line) => decode(line, NODE));
  const proof = { kind, first, second, path, ...(binding === undefined ? {} : { binding }) };
  checkShape(proof);
  return proof;
}

function takeBinding(lines: string[]): ForkBinding | undefined {
  if (lines[0]?.startsWith(GENESIS) !== true) return undefined;
  const genesis = decode(lines.shift() ?? '', GENESIS);
  const end = lines.findIndex((line) => !line.startsWith(GENESIS_NODE));
  const nodes = lines.splice(0, end < 0 ? lines.length : end);
  return { genesis, path: nodes.map((line) => decode(line, GENESIS_NODE)) };
}

const KINDS: readonly ForkKind[] = ['same-size', 'not-a-prefix', 'time-back'];

function checkShape(proof: ForkProof): void {
  const { kind, first, second, path, binding } = proof;
  if (compareForkHeads(first, second) > 0) throw malformed('the heads are not in order');
  if ((first.face === second.face) !== (binding === undefined)) {
    throw malformed('a genesis leaf stands with heads of different faces, and with no others');
  }
  if (path.length > 0 !== (kind === 'not-a-prefix')) {
    throw malformed('a path stands with not-a-prefix, and with no other kind');
  }
  const nodes = [...path, ...(binding?.path ?? [])];
  if (nodes.some((node) => node.length !== HASH_LENGTH))
    throw malformed('a node is not of 32 bytes');
}

function formatHead(head: ForkHead): string {
  return head.face === 'checkpoint' ? 'head checkpoint' : formatTreeHeadLine(head);
}

/** Reads a head line; a checkpoint takes the next note. */
function parseHead(line: string, notes: Uint8Array[]): ForkHead {
  if (line === 'head checkpoint') {
    const note = notes.shift();
    if (note === undefined) throw malformed('no note for a head line');
    return { face: 'checkpoint', note };
  }
  return parseTreeHeadLine(line);
}

function decode(line: string, keyword: string): Uint8Array {
  if (!line.startsWith(keyword)) throw malformed('a line of another kind, or out of order');
  return parseBase64(line.slice(keyword.length));
}

function malformed(why: string): TransparencyError {
  return new TransparencyError('fork-proof.malformed', why);
}
