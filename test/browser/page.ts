import { base64, parseBase64 } from '../../src/core/base64.ts';
import { equalBytes, utf8 } from '../../src/core/bytes.ts';
import { openCheckpoint } from '../../src/core/checkpoint.ts';
import { checkConsistency } from '../../src/core/consistency.ts';
import { isTransparencyError } from '../../src/core/error.ts';
import { leafHash } from '../../src/core/hash.ts';
import { checkInclusion } from '../../src/core/inclusion.ts';
import { parsePolicy } from '../../src/core/policy.ts';
import { formatProofFile, openProofFile } from '../../src/core/proof-file.ts';
import { appendToEdge, EMPTY_EDGE, rootOfEdge } from '../../src/core/tree.ts';
import { checkTreeHead, parseTreeHeadSignature } from '../../src/core/tree-head.ts';
import { parseVkey } from '../../src/core/vkey.ts';
import { eventDigest, parseEvent } from '../../src/event/event.ts';

/** What the page is given: vectors made by the Go libraries, and events with their digests. */
export interface PageInput {
  readonly go: GoVectors;
  readonly events: readonly { readonly json: string; readonly digest: string }[];
  readonly invalidEvents: readonly { readonly json: string; readonly code: string }[];
}

/** Proof vectors made by running the Go reference libraries. */
export interface GoVectors {
  readonly roots: Readonly<Record<string, string>>;
  readonly inclusion: readonly {
    readonly index: number;
    readonly size: number;
    readonly proof: readonly string[];
  }[];
  readonly consistency: readonly {
    readonly first: number;
    readonly second: number;
    readonly proof: readonly string[];
  }[];
  readonly note: {
    readonly checkpoint: string;
    readonly cosignature_line: string;
    readonly cosignature_time: number;
    readonly log_vkey: string;
    readonly witness_vkey_0x04: string;
  };
  readonly rfc6962: {
    readonly spki_b64: string;
    readonly timestamp_ms: number;
    readonly tree_size: number;
    readonly tree_head_signature_b64: string;
  };
}

/** What one kind of check found in the page. */
export interface PageResult {
  readonly name: string;
  readonly checked: number;
  readonly failures: readonly string[];
}

/** Runs every check in the page and tells what it found; the suite outside knows how many there must be. */
export function checkInPage(input: PageInput): readonly PageResult[] {
  const { go } = input;
  const ownRoot = ownRoots(go);
  return [
    tally('no Node in the page', ['process', 'Buffer', 'require', 'global'], (name) => {
      if (name in globalThis) throw new Error(`${name} is there`);
    }),
    tally('roots of the Go libraries', rootsOf(go, ownRoot), ({ size, own, root }) => {
      if (own !== root) throw new Error(`size ${size}: ${own}, not ${root}`);
    }),
    tally('inclusion proofs of the Go libraries', go.inclusion, (one) => {
      const claim = {
        leafHash: leafOf(one.index),
        leafIndex: one.index,
        treeSize: one.size,
        path: one.proof.map(parseBase64),
        rootHash: rootOf(go, one.size),
      };
      checkInclusion(claim);
      refused(() => checkInclusion({ ...claim, leafHash: leafOf(one.index + 1) }));
    }),
    tally('consistency proofs of the Go libraries', go.consistency, (one) => {
      const claim = {
        ...{ first: one.first, second: one.second, path: one.proof.map(parseBase64) },
        ...{ firstRoot: ownRoot(one.first), secondRoot: rootOf(go, one.second) },
      };
      checkConsistency(claim);
      refused(() => checkConsistency({ ...claim, firstRoot: leafOf(0x1_0000) }));
    }),
    tally('checkpoint, cosignature and policy', [false, true], (cosigned) => {
      const note = noteOf(go, cosigned);
      const policy = policyOf(go);
      const logKey = parseVkey(go.note.log_vkey);
      const opened = openCheckpoint(note, cosigned ? { logKey, policy } : { logKey });
      if (opened.size !== 700 || opened.cosignatures.length !== (cosigned ? 1 : 0)) {
        throw new Error(`size ${opened.size}, ${opened.cosignatures.length} cosignatures`);
      }
      refused(() => openCheckpoint(note, { logKey: parseVkey(go.note.witness_vkey_0x04) }));
      refused(() => openCheckpoint(flipped(note, 12), { logKey }));
      if (!cosigned) refused(() => openCheckpoint(note, { logKey, policy }));
    }),
    tally('tree head of RFC 6962', [go.rfc6962], (head) => {
      const claim = {
        size: head.tree_size,
        timeMs: head.timestamp_ms,
        rootHash: rootOf(go, head.tree_size),
        signature: parseTreeHeadSignature(parseBase64(head.tree_head_signature_b64)),
        p256PublicKey: parseBase64(head.spki_b64),
      };
      checkTreeHead(claim);
      refused(() => checkTreeHead({ ...claim, timeMs: claim.timeMs + 1 }));
    }),
    tally(
      'proof files',
      go.inclusion.filter(({ size }) => size === 700),
      (one) => {
        const path = one.proof.map(parseBase64);
        const file = formatProofFile({
          ...{ leafIndex: one.index, path, checkpoint: noteOf(go, true) },
        });
        const trust = { leafHash: leafOf(one.index), policy: policyOf(go) };
        const proven = openProofFile(file, trust);
        if (proven.leafIndex !== one.index) throw new Error(`index ${proven.leafIndex}`);
        if (proven.time.notAfterSeconds !== go.note.cosignature_time) {
          throw new Error(`not after ${proven.time.notAfterSeconds}`);
        }
        refused(() => openProofFile(file, { ...trust, leafHash: leafOf(one.index + 1) }));
      },
    ),
    tally('events', input.events, ({ json, digest }) => {
      const own = eventDigest(parseEvent(utf8(json)).canonical);
      if (own !== digest) throw new Error(`digest ${own}, not ${digest}`);
    }),
    tally('invalid events', input.invalidEvents, ({ json, code }) => {
      const refusal = refused(() => parseEvent(utf8(json)));
      if (refusal !== code) throw new Error(`${refusal}, not ${code}`);
    }),
  ];
}

function tally<T>(name: string, cases: readonly T[], check: (one: T) => void): PageResult {
  const failures: string[] = [];
  for (const one of cases) {
    try {
      check(one);
    } catch (error) {
      failures.push(String(error));
    }
  }
  return { name, checked: cases.length, failures };
}

/** The code of the refusal. Something else than a refusal is thrown on: a TypeError is no way to say no. */
function refused(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    if (isTransparencyError(error)) return error.code;
    throw error;
  }
  throw new Error('accepted what is wrong');
}

function rootsOf(
  go: GoVectors,
  ownRoot: (size: number) => Uint8Array,
): readonly { size: number; own: string; root: string }[] {
  return Object.entries(go.roots).map(([size, root]) => {
    return { size: Number(size), own: base64(ownRoot(Number(size))), root };
  });
}

/** The roots of all sizes that the vectors name, grown leaf by leaf. */
function ownRoots(go: GoVectors): (size: number) => Uint8Array {
  const wanted = new Set([
    ...Object.keys(go.roots).map(Number),
    ...go.consistency.flatMap(({ first, second }) => [first, second]),
  ]);
  const last = Math.max(...wanted);
  const roots = new Map<number, Uint8Array>();
  let edge = EMPTY_EDGE;
  for (let size = 0; size <= last; size++) {
    if (wanted.has(size)) roots.set(size, rootOfEdge(edge));
    edge = appendToEdge(edge, leafOf(size));
  }
  return (size) => {
    const root = roots.get(size);
    if (root === undefined) throw new Error(`no root of size ${size}`);
    return root;
  };
}

/** Leaf i of the vectors is the ASCII of `leaf-<i>`. */
function leafOf(index: number): Uint8Array {
  return leafHash(utf8(`leaf-${index}`));
}

function rootOf(go: GoVectors, size: number): Uint8Array {
  const root = go.roots[String(size)];
  if (root === undefined) throw new Error(`no root of size ${size}`);
  return parseBase64(root);
}

function noteOf(go: GoVectors, cosigned: boolean): Uint8Array {
  return utf8(go.note.checkpoint + (cosigned ? go.note.cosignature_line : ''));
}

function policyOf(go: GoVectors): ReturnType<typeof parsePolicy> {
  const lines = [`log ${go.note.log_vkey}`, `witness w ${go.note.witness_vkey_0x04}`, 'quorum w'];
  return parsePolicy(`${lines.join('\n')}\n`);
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = (copy[at] ?? 0) ^ 1;
  if (equalBytes(copy, bytes)) throw new Error('nothing changed');
  return copy;
}
