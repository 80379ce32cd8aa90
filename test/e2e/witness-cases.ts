import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import {
  formatAddCheckpoint,
  originHash,
  parseNamedSize,
  SIZE_CONTENT_TYPE,
} from '../../src/core/add-checkpoint.ts';
import { base64 } from '../../src/core/base64.ts';
import { concat, utf8, utf8Text } from '../../src/core/bytes.ts';
import { formatCheckpoint } from '../../src/core/checkpoint.ts';
import { parseCosignature, verifierOf } from '../../src/core/cosignature.ts';
import { checkForkProof } from '../../src/core/fork-proof.ts';
import { verifyMlDsa44 } from '../../src/core/ml-dsa.ts';
import { formatNote, formatSignatureLine, openNote, parseNote } from '../../src/core/note.ts';
import type { VerifierKey } from '../../src/core/vkey.ts';
import { type SignedLog, signedLog } from '../support/signed-log.ts';

/** A witness under test, wherever it is. */
export interface WitnessTarget {
  /** Keys of its cosignatures; each answer has a line of the first. */
  readonly keys: readonly VerifierKey[];
  /** Sends a body to `add-checkpoint`. */
  post(body: Uint8Array): Promise<Response>;
  /** Reads a path under its monitoring prefix. */
  get(path: string): Promise<Response>;
  /** A log on its roster that it has seen no head of. */
  newLog(): Promise<SignedLog>;
  /** Seconds that its clock shows, about. */
  nowSeconds(): number;
}

/** One thing that a witness has to do. */
export interface WitnessCase {
  readonly name: string;
  /** Beyond the standard: what `varve witness` promises, and others need not. */
  readonly isOurs?: true;
  run(target: WitnessTarget): Promise<void>;
}

/** A log of which the witness has cosigned that size. */
async function logAt(target: WitnessTarget, size: number): Promise<SignedLog> {
  const log = await target.newLog();
  await cosigns(target, log, { from: 0, to: size });
  return log;
}

interface Step {
  readonly from: number;
  readonly to: number;
}

/** The witness cosigns a right request; the time that it tells. */
async function cosigns(target: WitnessTarget, log: SignedLog, { from, to }: Step): Promise<number> {
  return await isCosigned(target, await target.post(log.request(from, to)), log.note(to));
}

async function isCosigned(
  target: WitnessTarget,
  response: Response,
  note: Uint8Array,
): Promise<number> {
  const body = new Uint8Array(await response.arrayBuffer());
  strictEqual(response.status, 200, utf8Text(body));
  const { text } = parseNote(note);
  const verifiers = target.keys.map((key) => verifierOf(key, verifyMlDsa44));
  const { verified } = openNote(concat(text, utf8('\n'), body), verifiers);
  strictEqual(verified.length, target.keys.length, 'a line of each key');
  const [line] = verified;
  ok(line !== undefined);
  const { timestampSeconds } = parseCosignature(line.signature);
  const drift = Math.abs(timestampSeconds - target.nowSeconds());
  ok(drift < 300, `time ${timestampSeconds} is ${drift} s from now`);
  return timestampSeconds;
}

async function answers(target: WitnessTarget, body: Uint8Array, status: number): Promise<void> {
  const response = await target.post(body);
  const said = await response.text();
  strictEqual(response.status, status, said);
}

async function namesSize(target: WitnessTarget, body: Uint8Array, size: number): Promise<void> {
  const response = await target.post(body);
  const said = new Uint8Array(await response.arrayBuffer());
  strictEqual(response.status, 409, utf8Text(said));
  strictEqual(response.headers.get('content-type'), SIZE_CONTENT_TYPE);
  strictEqual(parseNamedSize(said), size);
}

/** Cases about the form of a body: 400, and the record stays what it was. */
function malformed(
  name: string,
  bodyOf: (log: SignedLog, right: { readonly note: string }) => string | Uint8Array,
): WitnessCase {
  return {
    name: `400: ${name}`,
    async run(target) {
      const log = await logAt(target, 4);
      const body = bodyOf(log, { note: utf8Text(log.note(6)) });
      await answers(target, typeof body === 'string' ? utf8(body) : body, 400);
      await cosigns(target, log, { from: 4, to: 6 });
    },
  };
}

const NODE = base64(new Uint8Array(32).fill(9));

const MALFORMED: readonly WitnessCase[] = [
  malformed('an empty body', () => ''),
  malformed('no blank line', () => 'old 4\n'),
  malformed('no old line', (_log, { note }) => `\n${note}`),
  malformed('an old line of another word', (_log, { note }) => `new 4\n\n${note}`),
  malformed('an old line without a size', (_log, { note }) => `old \n\n${note}`),
  malformed('an old size with a leading zero', (_log, { note }) => `old 04\n\n${note}`),
  malformed('an old size of two zeroes', (_log, { note }) => `old 00\n\n${note}`),
  malformed('a negative old size', (_log, { note }) => `old -4\n\n${note}`),
  malformed('an old size with a plus sign', (_log, { note }) => `old +4\n\n${note}`),
  malformed('an old size in hexadecimal', (_log, { note }) => `old 0x4\n\n${note}`),
  malformed('an old size of 2^64', (_log, { note }) => `old 18446744073709551616\n\n${note}`),
  malformed('a proof line that is not base64', (_log, { note }) => `old 4\n????\n\n${note}`),
  malformed('a proof line of 31 bytes', (_log, { note }) => {
    return `old 4\n${base64(new Uint8Array(31))}\n\n${note}`;
  }),
  malformed('a proof line of 33 bytes', (_log, { note }) => {
    return `old 4\n${base64(new Uint8Array(33))}\n\n${note}`;
  }),
  malformed('64 proof lines', (_log, { note }) => `old 4\n${`${NODE}\n`.repeat(64)}\n${note}`),
  malformed('no checkpoint', () => 'old 4\n\n'),
  malformed('a checkpoint without signatures', (log) => {
    return concat(utf8('old 4\n\n'), formatCheckpoint(log.checkpoint(6)));
  }),
  malformed('a checkpoint of two lines', (log) => {
    const text = utf8(`${log.origin}\n6\n`);
    return concat(utf8('old 4\n\n'), text, utf8(`\n${formatSignatureLine(log.line(text))}`));
  }),
  malformed('a checkpoint size with a leading zero', (log) => {
    const text = utf8(`${log.origin}\n06\n${base64(log.root(6))}\n`);
    return concat(utf8('old 4\n\n'), text, utf8(`\n${formatSignatureLine(log.line(text))}`));
  }),
  malformed('a root hash of 31 bytes', (log) => {
    const text = utf8(`${log.origin}\n6\n${base64(new Uint8Array(31))}\n`);
    return concat(utf8('old 4\n\n'), text, utf8(`\n${formatSignatureLine(log.line(text))}`));
  }),
  malformed('a signature line that does not end', (_log, { note }) => {
    return `old 4\n\n${note.slice(0, -1)}`;
  }),
  malformed('a signature line without its dash', (_log, { note }) => {
    return `old 4\n\n${note.replace('— ', '- ')}`;
  }),
  malformed('a note that is not UTF-8', (_log, { note }) => {
    return concat(utf8(`old 4\n\n`), Uint8Array.of(0xff), utf8(note));
  }),
  malformed('an old size above that of the checkpoint', (_log, { note }) => `old 7\n\n${note}`),
];

const STRICT: readonly WitnessCase[] = [
  ['a carriage return before each newline', (note: string) => `old 4\r\n\r\n${note}`],
  ['a space behind the old size', (note: string) => `old 4 \n\n${note}`],
  ['a proof line without padding', (note: string) => `old 4\n${NODE.slice(0, -1)}\n\n${note}`],
  ['a proof line with loose bits', (note: string) => `old 4\n${'A'.repeat(42)}B=\n\n${note}`],
].map(([name, bodyOf]) => ({
  ...malformed(name as string, (_log, { note }) => (bodyOf as (note: string) => string)(note)),
  isOurs: true as const,
}));

const GOOD: readonly WitnessCase[] = [
  {
    name: '200: a first head',
    async run(target) {
      await cosigns(target, await target.newLog(), { from: 0, to: 7 });
    },
  },
  {
    name: '200: a first head of size 0, once more, then one of size 1',
    async run(target) {
      const log = await logAt(target, 0);
      await cosigns(target, log, { from: 0, to: 0 });
      await cosigns(target, log, { from: 0, to: 1 });
      await namesSize(target, log.request(0, 1), 1);
    },
  },
  {
    name: '200: every growth between sizes 1 to 20',
    async run(target) {
      for (let step = 1; step <= 5; step++) {
        const log = await logAt(target, 1);
        for (let from = 1; from + step <= 20; from += step) {
          await cosigns(target, log, { from, to: from + step });
        }
      }
    },
  },
  {
    name: '200: growth from and to powers of two and beside them',
    async run(target) {
      const log = await logAt(target, 255);
      for (const [from, to] of [
        [255, 256],
        [256, 257],
        [257, 511],
        [511, 512],
        [512, 65_536],
        [65_536, 65_537],
      ] as const) {
        await cosigns(target, log, { from, to });
      }
    },
  },
  {
    name: '200: a proof of 50 lines and more, to a size of 2^53 - 1',
    async run(target) {
      const log = await logAt(target, 2 ** 52 + 1);
      ok(log.proof(2 ** 52 + 1, 2 ** 53 - 1).length > 50);
      await cosigns(target, log, { from: 2 ** 52 + 1, to: 2 ** 53 - 1 });
    },
  },
  {
    name: '200: the same size again, its time not before the first',
    async run(target) {
      const log = await target.newLog();
      const first = await cosigns(target, log, { from: 0, to: 9 });
      const second = await cosigns(target, log, { from: 9, to: 9 });
      ok(second >= first, `${second} after ${first}`);
      await cosigns(target, log, { from: 9, to: 10 });
    },
  },
  {
    name: '200: lines of unknown keys before and behind that of the log',
    async run(target) {
      const log = await target.newLog();
      const text = formatCheckpoint(log.checkpoint(3));
      const [one, other] = [signedLog('stranger-1'), signedLog('stranger-2')];
      const signatures = [one.line(text), log.line(text), other.line(text)];
      const note = formatNote({ text, signatures });
      const body = formatAddCheckpoint({ oldSize: 0, proof: [], note });
      await isCosigned(target, await target.post(body), note);
    },
  },
  {
    name: '200: sixteen signatures',
    async run(target) {
      const log = await target.newLog();
      const text = formatCheckpoint(log.checkpoint(3));
      const others = Array.from({ length: 15 }, (_, i) => signedLog(`crowd-${i}`).line(text));
      const note = formatNote({ text, signatures: [...others, log.line(text)] });
      const body = formatAddCheckpoint({ oldSize: 0, proof: [], note });
      await isCosigned(target, await target.post(body), note);
    },
  },
  {
    name: "200: a line of the log's name and another key hash is a stranger's",
    async run(target) {
      const log = await target.newLog();
      const text = formatCheckpoint(log.checkpoint(3));
      const stranger = { ...log.line(text), keyHash: (log.key.keyHash ^ 1) >>> 0 };
      const note = formatNote({ text, signatures: [stranger, log.line(text)] });
      const body = formatAddCheckpoint({ oldSize: 0, proof: [], note });
      await isCosigned(target, await target.post(body), note);
    },
  },
  {
    name: '200: lines behind the root are cosigned with the rest',
    isOurs: true,
    async run(target) {
      const log = await target.newLog();
      const note = log.note({ ...log.checkpoint(3), extensions: ['and more', 'of it'] });
      const body = formatAddCheckpoint({ oldSize: 0, proof: [], note });
      await isCosigned(target, await target.post(body), note);
    },
  },
  {
    name: '200: two requests at a time for two logs',
    async run(target) {
      const logs = [await target.newLog(), await target.newLog()];
      await Promise.all(logs.map((log) => cosigns(target, log, { from: 0, to: 5 })));
    },
  },
];

const UNKNOWN: readonly WitnessCase[] = [
  {
    name: '404: an origin that is not on the roster',
    run: (target) => answers(target, signedLog('nobody-knows').request(0, 1), 404),
  },
  {
    name: '404: an unknown origin, signed by a key that is on the roster',
    async run(target) {
      const log = await target.newLog();
      const note = log.note({ ...log.checkpoint(3), origin: 'witnessed.test/elsewhere' });
      await answers(target, formatAddCheckpoint({ oldSize: 0, proof: [], note }), 404);
    },
  },
];

const NOT_SIGNED: readonly WitnessCase[] = [
  {
    name: '403: no line of a key of the log',
    async run(target) {
      const log = await logAt(target, 4);
      const text = formatCheckpoint(log.checkpoint(6));
      const note = formatNote({ text, signatures: [signedLog('stranger').line(text)] });
      await answers(target, formatAddCheckpoint({ oldSize: 4, proof: log.proof(4, 6), note }), 403);
      await cosigns(target, log, { from: 4, to: 6 });
    },
  },
  {
    name: '403: the line of the log does not verify',
    async run(target) {
      const log = await logAt(target, 4);
      await answers(target, withSignature(log, flipped), 403);
      await cosigns(target, log, { from: 4, to: 6 });
    },
  },
  {
    name: '403: the line of the log is of another text',
    async run(target) {
      const log = await logAt(target, 4);
      const other = log.line(formatCheckpoint(log.checkpoint(5))).signature;
      await answers(
        target,
        withSignature(log, () => other),
        403,
      );
    },
  },
  {
    name: '403: the line of the log is a byte short',
    async run(target) {
      const log = await logAt(target, 4);
      await answers(
        target,
        withSignature(log, (bytes) => bytes.subarray(1)),
        403,
      );
    },
  },
  {
    name: '403: the line of the log does not verify, that of a stranger does',
    async run(target) {
      const log = await logAt(target, 4);
      const text = formatCheckpoint(log.checkpoint(6));
      const bad = { ...log.line(text), signature: flipped(log.line(text).signature) };
      const note = formatNote({ text, signatures: [signedLog('stranger').line(text), bad] });
      await answers(target, formatAddCheckpoint({ oldSize: 4, proof: log.proof(4, 6), note }), 403);
    },
  },
  {
    name: '403: signed by the key of another log on the roster',
    async run(target) {
      const [log, other] = [await logAt(target, 4), await target.newLog()];
      const text = formatCheckpoint(log.checkpoint(6));
      const note = formatNote({ text, signatures: [other.line(text)] });
      await answers(target, formatAddCheckpoint({ oldSize: 4, proof: log.proof(4, 6), note }), 403);
    },
  },
];

function flipped(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, i) => (i === 0 ? byte ^ 1 : byte));
}

function withSignature(log: SignedLog, change: (bytes: Uint8Array) => Uint8Array): Uint8Array {
  const text = formatCheckpoint(log.checkpoint(6));
  const line = log.line(text);
  const note = formatNote({ text, signatures: [{ ...line, signature: change(line.signature) }] });
  return formatAddCheckpoint({ oldSize: 4, proof: log.proof(4, 6), note });
}

const STALE: readonly WitnessCase[] = [
  {
    name: '409: an old size for a log that was never cosigned; it names 0',
    async run(target) {
      const log = await target.newLog();
      await namesSize(target, log.request(3, 5), 0);
      await cosigns(target, log, { from: 0, to: 5 });
    },
  },
  {
    name: '409: old size 0 for a log that was cosigned',
    async run(target) {
      const log = await logAt(target, 4);
      await namesSize(target, log.request(0, 6), 4);
      await cosigns(target, log, { from: 4, to: 6 });
    },
  },
  {
    name: '409: an old size below the last',
    async run(target) {
      const log = await logAt(target, 4);
      await namesSize(target, log.request(3, 6), 4);
    },
  },
  {
    name: '409: an old size above the last',
    async run(target) {
      const log = await logAt(target, 4);
      await namesSize(target, log.request(5, 6), 4);
    },
  },
  {
    name: '409: an older head, once more: nothing goes back',
    async run(target) {
      const log = await logAt(target, 4);
      await cosigns(target, log, { from: 4, to: 8 });
      await namesSize(target, log.request(4, 4), 8);
      await namesSize(target, log.request(4, 8), 8);
      await namesSize(target, log.request(0, 2), 8);
    },
  },
  {
    name: '409: names a size above 2^32 in full',
    async run(target) {
      const log = await logAt(target, 2 ** 52 + 1);
      await namesSize(target, log.request(1, 2 ** 52 + 2), 2 ** 52 + 1);
    },
  },
];

/** A log at size 4, and a request from there to 7 that is wrong in its proof. */
function wrongProof(
  name: string,
  change: (proof: readonly Uint8Array[]) => readonly Uint8Array[],
): WitnessCase {
  return {
    name: `422: ${name}`,
    async run(target) {
      const log = await logAt(target, 5);
      const proof = change(log.proof(5, 7));
      await answers(target, formatAddCheckpoint({ oldSize: 5, proof, note: log.note(7) }), 422);
      await cosigns(target, log, { from: 5, to: 7 });
    },
  };
}

const INCONSISTENT: readonly WitnessCase[] = [
  wrongProof('no proof where one is needed', () => []),
  wrongProof('a proof without its first line', (proof) => proof.slice(1)),
  wrongProof('a proof without its last line', (proof) => proof.slice(0, -1)),
  wrongProof('a proof with a line too many', (proof) => [...proof, new Uint8Array(32)]),
  wrongProof('a proof with a flipped bit', ([first = new Uint8Array(32), ...rest]) => [
    flipped(first),
    ...rest,
  ]),
  wrongProof('a proof in another order', (proof) => [...proof].reverse()),
  wrongProof('63 proof lines, which are read', () => Array(63).fill(new Uint8Array(32))),
  {
    name: '422: a first head of size 0 with another root',
    async run(target) {
      const log = await target.newLog();
      const text = utf8(`${log.origin}\n0\n${base64(log.root(1))}\n`);
      const body = concat(
        utf8('old 0\n\n'),
        text,
        utf8(`\n${formatSignatureLine(log.line(text))}`),
      );
      await answers(target, body, 422);
      await cosigns(target, log, { from: 0, to: 3 });
    },
  },
  {
    name: '422: a proof with old size 0',
    async run(target) {
      const log = await target.newLog();
      const proof = log.proof(1, 3);
      await answers(target, formatAddCheckpoint({ oldSize: 0, proof, note: log.note(3) }), 422);
      await cosigns(target, log, { from: 0, to: 3 });
    },
  },
  {
    name: '422: the same size with another root',
    async run(target) {
      const log = await logAt(target, 5);
      const fork = signedLog(nameOf(log), 1);
      await answers(target, fork.request(5, 5), 422);
      await cosigns(target, log, { from: 5, to: 5 });
    },
  },
  {
    name: '422: the same head with a proof',
    async run(target) {
      const log = await logAt(target, 5);
      const proof = log.proof(3, 5);
      await answers(target, formatAddCheckpoint({ oldSize: 5, proof, note: log.note(5) }), 422);
    },
  },
  {
    name: '422: a fork that grew, with its own proof',
    async run(target) {
      const log = await logAt(target, 5);
      const fork = signedLog(nameOf(log), 1);
      await answers(target, fork.request(5, 9), 422);
      await cosigns(target, log, { from: 5, to: 9 });
    },
  },
  {
    name: '422: another root behind a right proof',
    async run(target) {
      const log = await logAt(target, 5);
      const note = log.note({ ...log.checkpoint(7), rootHash: log.root(8) });
      const body = formatAddCheckpoint({ oldSize: 5, proof: log.proof(5, 7), note });
      await answers(target, body, 422);
    },
  },
];

function nameOf(log: SignedLog): string {
  return log.origin.slice(log.origin.indexOf('/') + 1);
}

const ORDER: readonly WitnessCase[] = [
  {
    name: 'order: 400 before 404',
    async run(target) {
      const log = signedLog('nobody-knows');
      await answers(target, concat(utf8('old 01\n\n'), log.note(2)), 400);
    },
  },
  {
    name: 'order: 400 for an old size above the checkpoint before 404',
    isOurs: true,
    async run(target) {
      const body = concat(utf8('old 3\n\n'), signedLog('nobody-knows').note(2));
      await answers(target, body, 400);
    },
  },
  {
    name: 'order: 404 before 403',
    async run(target) {
      const log = signedLog('nobody-knows');
      const text = formatCheckpoint(log.checkpoint(2));
      const note = formatNote({ text, signatures: [signedLog('stranger').line(text)] });
      await answers(target, formatAddCheckpoint({ oldSize: 0, proof: [], note }), 404);
    },
  },
  {
    name: 'order: 403 before 409',
    async run(target) {
      const log = await logAt(target, 4);
      const text = formatCheckpoint(log.checkpoint(6));
      const note = formatNote({ text, signatures: [signedLog('stranger').line(text)] });
      await answers(target, formatAddCheckpoint({ oldSize: 3, proof: log.proof(3, 6), note }), 403);
    },
  },
  {
    name: 'order: 403 before 422',
    async run(target) {
      const log = await logAt(target, 4);
      const text = formatCheckpoint(log.checkpoint(6));
      const note = formatNote({ text, signatures: [signedLog('stranger').line(text)] });
      await answers(target, formatAddCheckpoint({ oldSize: 4, proof: [], note }), 403);
    },
  },
  {
    name: 'order: 409 before 422, for a wrong proof and for another root',
    async run(target) {
      const log = await logAt(target, 4);
      const wrong = formatAddCheckpoint({ oldSize: 3, proof: [], note: log.note(6) });
      await namesSize(target, wrong, 4);
      const fork = signedLog(nameOf(log), 1);
      await namesSize(target, fork.request(0, 4), 4);
      await namesSize(target, fork.request(3, 4), 4);
    },
  },
  {
    name: 'order: 409 before 422, for a proof with old size 0',
    async run(target) {
      const log = await logAt(target, 4);
      const proof = log.proof(3, 6);
      await namesSize(target, formatAddCheckpoint({ oldSize: 0, proof, note: log.note(6) }), 4);
    },
  },
];

const RACE = 24;

/** Sends all at once; exactly one is cosigned, the others are told its size or that they do not fit. */
async function race(
  target: WitnessTarget,
  heads: readonly { readonly log: SignedLog; readonly from: number; readonly to: number }[],
): Promise<{ readonly log: SignedLog; readonly to: number }> {
  const responses = await Promise.all(
    heads.map(async ({ log, from, to }) => {
      const response = await target.post(log.request(from, to));
      return { status: response.status, body: new Uint8Array(await response.arrayBuffer()) };
    }),
  );
  const won = responses.flatMap(({ status }, i) => (status === 200 ? [i] : []));
  deepStrictEqual(won.length, 1, `statuses ${responses.map(({ status }) => status).join(' ')}`);
  const winner = heads[won[0] ?? 0];
  ok(winner !== undefined);
  for (const { status, body } of responses) {
    if (status === 409) strictEqual(parseNamedSize(body), winner.to);
    else ok(status === 200 || status === 422, `status ${status}`);
  }
  return winner;
}

const RACES: readonly WitnessCase[] = [
  {
    name: `race: of ${RACE} first heads of different sizes one wins, and nothing goes back`,
    async run(target) {
      const log = await target.newLog();
      const heads = Array.from({ length: RACE }, (_, i) => ({ log, from: 0, to: i + 1 }));
      const { to } = await race(target, heads);
      await namesSize(target, log.request(to === 1 ? 2 : 1, 50), to);
      await cosigns(target, log, { from: to, to: 50 });
    },
  },
  {
    name: `race: of ${RACE} ways to grow from one size one wins, and nothing goes back`,
    async run(target) {
      const log = await logAt(target, 10);
      const heads = Array.from({ length: RACE }, (_, i) => ({ log, from: 10, to: 11 + i }));
      const { to } = await race(target, heads);
      await namesSize(target, log.request(10, 50), to);
      await cosigns(target, log, { from: to, to: 50 });
    },
  },
  {
    name: `race: of ${RACE} roots of one size one is cosigned, and stays`,
    async run(target) {
      const log = await target.newLog();
      const forks = Array.from({ length: RACE }, (_, i) => signedLog(nameOf(log), i));
      const winner = await race(
        target,
        forks.map((fork) => ({ log: fork, from: 0, to: 9 })),
      );
      await cosigns(target, winner.log, { from: 9, to: 12 });
    },
  },
  {
    name: `race: ${RACE} times the same head is cosigned ${RACE} times`,
    isOurs: true,
    async run(target) {
      const log = await logAt(target, 6);
      const all = await Promise.all(
        Array.from({ length: RACE }, () => target.post(log.request(6, 6))),
      );
      for (const response of all) await isCosigned(target, response, log.note(6));
    },
  },
];

const MONITORING: readonly WitnessCase[] = [
  {
    name: 'monitoring: 404 before the first head, then the last note with all lines',
    async run(target) {
      const log = await target.newLog();
      const path = `${originHash(log.origin)}/checkpoint`;
      strictEqual((await target.get(path)).status, 404);
      for (const [from, to] of [
        [0, 3],
        [3, 5],
        [5, 5],
      ] as const) {
        await cosigns(target, log, { from, to });
        const response = await target.get(path);
        strictEqual(response.status, 200);
        const note = new Uint8Array(await response.arrayBuffer());
        const keys = [log.key, ...target.keys];
        const opened = openNote(
          note,
          keys.map((key) => verifierOf(key, verifyMlDsa44)),
        );
        strictEqual(opened.verified.length, keys.length);
        deepStrictEqual(opened.text, formatCheckpoint(log.checkpoint(to)));
      }
    },
  },
  {
    name: 'monitoring: what is refused is not shown',
    async run(target) {
      const log = await logAt(target, 5);
      const fork = signedLog(nameOf(log), 1);
      await answers(target, fork.request(5, 9), 422);
      const response = await target.get(`${originHash(log.origin)}/checkpoint`);
      const { text } = parseNote(new Uint8Array(await response.arrayBuffer()));
      deepStrictEqual(text, formatCheckpoint(log.checkpoint(5)));
    },
  },
  {
    name: 'monitoring: 404 for a log that is not on the roster',
    async run(target) {
      const path = `${originHash('witnessed.test/nobody-knows')}/checkpoint`;
      strictEqual((await target.get(path)).status, 404);
    },
  },
];

const EVIDENCE: readonly WitnessCase[] = [
  ...[
    { name: 'two roots of one size', from: 5, to: 5 },
    { name: 'a fork that grew', from: 5, to: 9 },
    { name: 'two roots of one size, though the old size is stale', from: 0, to: 5 },
  ].map(({ name, from, to }) => ({
    name: `evidence: a fork proof of ${name}, by keys alone`,
    isOurs: true as const,
    async run(target: WitnessTarget) {
      const log = await logAt(target, 5);
      const prefix = `${originHash(log.origin)}/evidence`;
      strictEqual(await (await target.get(prefix)).text(), '');
      await target.post(signedLog(nameOf(log), 1).request(from, to));
      const names = (await (await target.get(prefix)).text()).trim().split('\n');
      strictEqual(names.length, 1);
      ok(names[0]?.startsWith('fork-'), names[0]);
      const file = await (await target.get(`${prefix}/${names[0]}`)).arrayBuffer();
      checkForkProof(new Uint8Array(file), { logKey: log.key });
    },
  })),
  {
    name: 'evidence: a signed head that only does not fit is kept as it came',
    isOurs: true,
    async run(target) {
      const log = await logAt(target, 4);
      const body = signedLog(nameOf(log), 1).request(4, 9);
      await answers(target, body, 422);
      const prefix = `${originHash(log.origin)}/evidence`;
      const names = (await (await target.get(prefix)).text()).trim().split('\n');
      ok(names.length === 1 && names[0]?.startsWith('refused-'), names.join());
      const file = await (await target.get(`${prefix}/${names[0]}`)).arrayBuffer();
      deepStrictEqual(new Uint8Array(file), body);
    },
  },
  {
    name: 'evidence: none for what proves nothing',
    isOurs: true,
    async run(target) {
      const log = await logAt(target, 4);
      await namesSize(target, log.request(3, 6), 4);
      await answers(target, withSignature(log, flipped), 403);
      const response = await target.get(`${originHash(log.origin)}/evidence`);
      strictEqual(await response.text(), '');
    },
  },
  {
    name: 'limits: a body above 64 KiB is not read',
    isOurs: true,
    async run(target) {
      const log = await logAt(target, 4);
      const response = await target.post(utf8(`old 4\n\n${'x'.repeat(70_000)}`));
      strictEqual(response.status, 413, await response.text());
      await cosigns(target, log, { from: 4, to: 6 });
    },
  },
];

/** Everything that a witness has to do, in the order of the standard. (C2SP tlog-witness, spec/10-witness.md) */
export const WITNESS_CASES: readonly WitnessCase[] = [
  ...MALFORMED,
  ...STRICT,
  ...GOOD,
  ...UNKNOWN,
  ...NOT_SIGNED,
  ...STALE,
  ...INCONSISTENT,
  ...ORDER,
  ...RACES,
  ...MONITORING,
  ...EVIDENCE,
];
