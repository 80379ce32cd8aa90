import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { httpTiles } from '../../src/client/http-tiles.ts';
import { openBundle } from '../../src/core/bundle.ts';
import { openCheckpoint } from '../../src/core/checkpoint.ts';
import { type Cosigner, cosign } from '../../src/core/cosignature.ts';
import { formatNote, parseNote } from '../../src/core/note.ts';
import { formatProofFile } from '../../src/core/proof-file.ts';
import { proveInclusion } from '../../src/core/prover.ts';
import { ed25519PublicKey, signEd25519 } from '../../src/core/signature.ts';
import { TILE_WIDTH, tileWidth } from '../../src/core/tile.ts';
import { authenticatedTiles } from '../../src/core/tile-reader.ts';
import { formatVkey, KEY_TYPE, parseVkey, verifierKeyOf } from '../../src/core/vkey.ts';
import type { PublishedLog } from './judges.ts';
import { flipBit } from './lying-proxy.ts';

/** A folder of pairs: `NAME.tlog-proof` and `NAME.leaf`. */
export interface ProofFolder {
  readonly folder: string;
  readonly count: number;
}

/** Entries around the borders of tiles, and the ends. */
export function indicesOf(size: number): readonly number[] {
  const borders = [0, 1, 254, 255, 256, 257, 511, 512, 65_535, 65_536, size - 2, size - 1];
  return [...new Set(borders)].filter((index) => index >= 0 && index < size);
}

/** Proof files made by our prover from a log's verified tiles, cosigned by the witness of `witnessPolicy`. */
export async function makeProofs(log: PublishedLog, folder: string): Promise<ProofFolder> {
  mkdirSync(folder, { recursive: true });
  const source = httpTiles({ url: log.url, fetch });
  const raw = new Uint8Array(await (await fetch(`${log.url}/checkpoint`)).arrayBuffer());
  const head = openCheckpoint(raw, { logKey: parseVkey(log.vkey) });
  const note = parseNote(raw);
  const line = cosign(note.text, WITNESS, 1_700_000_000);
  const checkpoint = formatNote({ ...note, signatures: [...note.signatures, line] });
  const tiles = authenticatedTiles(source, head);
  const indices = indicesOf(log.size);
  for (const leafIndex of indices) {
    const path = await proveInclusion(tiles, { leafIndex, treeSize: head.size });
    const index = Math.floor(leafIndex / TILE_WIDTH);
    const bundle = { index, width: tileWidth(0, index, head.size) };
    const [tile] = await tiles.readTiles([{ level: 0, ...bundle }]);
    const [bytes] = await source.readBundles([bundle]);
    if (tile === undefined || bytes === undefined) throw new Error(`no bundle ${index}`);
    const entry = openBundle({ bundle, bytes, tile })[leafIndex % TILE_WIDTH];
    if (entry === undefined) throw new Error(`no entry ${leafIndex}`);
    writePair(folder, leafIndex, formatProofFile({ leafIndex, path, checkpoint }), entry);
  }
  return { folder, count: indices.length };
}

/** Proof files and leaves as a server hands them out. */
export async function fetchProofs(log: PublishedLog, folder: string): Promise<ProofFolder> {
  mkdirSync(folder, { recursive: true });
  const read = async (path: string) => {
    const reply = await fetch(`${log.url}/${path}`);
    if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
    return new Uint8Array(await reply.arrayBuffer());
  };
  const indices = indicesOf(log.size);
  for (const index of indices) {
    writePair(folder, index, await read(`entries/${index}/proof`), await read(`entries/${index}`));
  }
  return { folder, count: indices.length };
}

/** The policy that asks for the witness which `makeProofs` plays. */
export function witnessPolicy(log: PublishedLog): string {
  const key = verifierKeyOf(WITNESS.name, KEY_TYPE.cosignature, WITNESS.ed25519PublicKey);
  // The URL is asked for by the Go parser.
  const witness = `witness w ${formatVkey(key)} https://${WITNESS.name}`;
  return `log ${log.vkey}\n${witness}\nquorum w\n`;
}

/** One bit of a pair, as a new folder with that pair alone. */
export interface FalsePair {
  readonly kind: string;
  readonly folder: string;
}

/** The last pair of a folder, once for each kind of bit: leaf, path, index, checkpoint. */
export function falsePairs(proofs: ProofFolder): readonly FalsePair[] {
  const names = readdirSync(proofs.folder).filter((name) => name.endsWith('.leaf'));
  const name = names.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10)).at(-1) ?? '';
  const leaf = readFileSync(join(proofs.folder, name));
  const proof = readFileSync(join(proofs.folder, name.replace('.leaf', '.tlog-proof')));
  const text = proof.toString('latin1');
  const index = text.indexOf('index ') + 6;
  const path = text.indexOf('\n', index) + 1;
  const note = text.indexOf('\n\n') + 2;
  const signatures = text.indexOf('\n\n', note) + 2;
  const cases: readonly (readonly [string, Uint8Array, Uint8Array])[] = [
    ['leaf', proof, flippedAt(leaf, leaf.length - 1)],
    ['index', flippedAt(proof, index), leaf],
    ['path', flippedAt(proof, path + 5), leaf],
    ['origin of the checkpoint', flippedAt(proof, note), leaf],
    ['root of the checkpoint', flippedAt(proof, signatures - 20), leaf],
    ['log signature', flippedAt(proof, text.indexOf('\n', signatures) - 20), leaf],
  ];
  return cases.map(([kind, proofBytes, leafBytes]) => {
    const folder = join(proofs.folder, 'false', kind.replaceAll(' ', '-'));
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writePair(folder, 0, proofBytes, leafBytes);
    return { kind, folder };
  });
}

function writePair(folder: string, index: number, proof: Uint8Array, leaf: Uint8Array): void {
  writeFileSync(join(folder, `${index}.tlog-proof`), proof);
  writeFileSync(join(folder, `${index}.leaf`), leaf);
}

function flippedAt(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  flipBit(copy, 8 * at + 7);
  return copy;
}

/** Signs nothing but the proof files of made logs. */
const WITNESS_SEED = new Uint8Array(32).fill(0x57);
const WITNESS: Cosigner = {
  name: 'witness.test',
  ed25519PublicKey: ed25519PublicKey(WITNESS_SEED),
  sign: (message) => signEd25519({ message, seed: WITNESS_SEED }),
};
