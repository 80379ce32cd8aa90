import { type EventWindow, openEventWindow } from '../client/event-window.ts';
import { base64 } from '../core/base64.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import { leafHash } from '../core/hash.ts';
import type { Policy } from '../core/policy.ts';
import { openProofFile } from '../core/proof-file.ts';
import { type Leaf, parseLeaf } from '../event/leaf.ts';
import type { Command } from './command.ts';
import { type Flags, parseFlags } from './flags.ts';
import { readNamedFile } from './named-file.ts';
import { tellNotHeld } from './not-held.ts';
import { requireTrust, TRUST_FLAGS } from './trust-flags.ts';
import { forkVerdictOf, isForkProof, textOfFork } from './verify-fork.ts';

/** `varve verify` */
export const verify: Command = {
  name: 'verify',
  summary: 'verify a proof offline, from files alone',
  help: `varve verify PROOF --leaf FILE --policy FILE|--vkey KEY [--seen FILE]
             [--json]
varve verify FORK-PROOF --policy FILE|--vkey KEY [--p256 FILE] [--json]

Verifies that the entry in FILE is in the log, under a checkpoint that the log
signed and, if the policy asks for witnesses, that a quorum of them cosigned.
Or that a log signed two heads which no honest log signs both, by its keys
alone. Reads these files and nothing else. Exits with 0 only if everything
holds, with 1 if anything does not, with 2 if it could not try.

  PROOF          a tlog-proof file (GET /LOG/entries/N/proof, 'submit --proof')
  FORK-PROOF     what logs and witnesses keep as evidence (GET /HASH/evidence)
  --leaf FILE    the exact bytes of the entry (GET /LOG/entries/N)
  --policy FILE  which logs are accepted, and whose cosignatures suffice
  --vkey KEY     instead: the key of one log, and no witness
  --seen FILE    the checkpoint that the entry names in ctx.seen, as its source
                 received it: the event is not older than its cosignatures
  --p256 FILE    PEM of the log's P-256 key ('varve keys'), where a head of the
                 fork proof is one of RFC 6962
  --json         print it as JSON
`,
  async run(args, io) {
    const flags = parseFlags(args, {
      text: ['leaf', 'seen', 'p256', ...TRUST_FLAGS],
      on: ['json'],
      operands: [1, 1],
    });
    const [proofFile = ''] = flags.operands;
    const proof = await readNamedFile(proofFile);
    const isFork = isForkProof(proof);
    const leaf = await readUnless(isFork, flags, 'leaf');
    const p256 = await readUnless(!isFork, flags, 'p256');
    if (!isFork && leaf === undefined) {
      throw new TransparencyError('config.malformed', '--leaf FILE has to hold the entry');
    }
    const policy = await requireTrust(flags);
    const seen = await readUnless(isFork, flags, 'seen');
    try {
      if (leaf === undefined) {
        const verdict = forkVerdictOf(proof, { policy, p256 });
        io.write(flags.on('json') ? `${JSON.stringify(verdict)}\n` : textOfFork(verdict));
      } else {
        const named = seen === undefined ? {} : { seen };
        const verdict = verdictOf({ proof, leaf, policy, ...named });
        io.write(flags.on('json') ? `${JSON.stringify(verdict)}\n` : textOf(verdict));
      }
      return 0;
    } catch (error) {
      if (isTransparencyError(error, 'config.malformed')) throw error;
      if (!isTransparencyError(error)) throw error;
      return tellNotHeld(error, flags, io);
    }
  },
};

/** The file of a flag, which has no meaning for the other kind of proof. */
async function readUnless(
  isOther: boolean,
  flags: Flags,
  name: string,
): Promise<Uint8Array | undefined> {
  const file = flags.text(name);
  if (file === undefined) return undefined;
  if (!isOther) return await readNamedFile(file);
  throw new TransparencyError('config.malformed', `--${name} is for another kind of proof`);
}

/** What a proof file proves of an entry, and what it does not, ready to be shown. */
export interface Verdict {
  readonly holds: true;
  readonly origin: string;
  readonly index: number;
  readonly treeSize: number;
  readonly leafHash: string;
  readonly rootHash: string;
  /** What the entry is, as far as it says; null for bytes that are no leaf of events. */
  readonly entry: { readonly v: string; readonly about: string } | null;
  readonly cosignatures: readonly { readonly witness: string; readonly time: string }[];
  /** A time after which the event was made, by the quorum's word on a checkpoint that it names; null: nobody vouches. */
  readonly notBefore: string | null;
  /** A time before which the tree with the entry existed, by the quorum's word; null: nobody vouches for one. */
  readonly notAfter: string | null;
  /** What the event claims of its time, and whether that is between the two; null where one is missing. */
  readonly claimed: { readonly time: string; readonly isInside: boolean | null } | null;
  readonly notProven: readonly string[];
}

/**
 * Verifies an entry against a proof file.
 *
 * @param claim.seen  the checkpoint that the entry names
 * @throws {TransparencyError} what `openProofFile` and `openEventWindow` throw
 */
export function verdictOf(claim: {
  readonly proof: Uint8Array;
  readonly leaf: Uint8Array;
  readonly policy: Policy;
  readonly seen?: Uint8Array;
}): Verdict {
  const hash = leafHash(claim.leaf);
  const proven = openProofFile(claim.proof, { leafHash: hash, policy: claim.policy });
  const { checkpoint } = proven;
  const window = openEventWindow({ ...claim, entry: claim.leaf, proven });
  const { notBeforeSeconds, notAfterSeconds, claimed, isClaimInside } = window;
  return {
    holds: true,
    origin: checkpoint.origin,
    index: proven.leafIndex,
    treeSize: checkpoint.size,
    leafHash: base64(hash),
    rootHash: base64(checkpoint.rootHash),
    entry: entryOf(claim.leaf),
    cosignatures: checkpoint.cosignatures.map(({ name, timestampSeconds }) => {
      return { witness: name, time: timeOf(timestampSeconds) };
    }),
    notBefore: notBeforeSeconds === null ? null : timeOf(notBeforeSeconds),
    notAfter: notAfterSeconds === null ? null : timeOf(notAfterSeconds),
    claimed: claimed === null ? null : { time: claimed, isInside: isClaimInside },
    notProven: notProvenBy(window),
  };
}

function textOf(verdict: Verdict): string {
  const lines = [
    ['HOLDS', `entry ${verdict.index} of ${verdict.origin}, in its tree of ${verdict.treeSize}`],
    [
      'entry',
      verdict.entry === null ? 'bytes of any kind' : `${verdict.entry.v}: ${verdict.entry.about}`,
    ],
    ['leaf hash', verdict.leafHash],
    ['root hash', verdict.rootHash],
    ['signed by', `the key of ${verdict.origin}`],
    [
      'cosigned by',
      verdict.cosignatures.map(({ witness, time }) => `${witness} at ${time}`).join(', ') ||
        'nobody: no witness is named in the policy',
    ],
    ...windowLines(verdict),
    ...verdict.notProven.map((line, i) => [i === 0 ? 'not proven' : '', line]),
  ];
  return lines.map(([label = '', text = '']) => `${label.padEnd(12)}${text}\n`).join('');
}

/** Both ends of the window, its width, and the claim beside it. */
function windowLines({ notBefore, notAfter, claimed }: Verdict): readonly string[][] {
  const widthSeconds = (Date.parse(notAfter ?? '') - Date.parse(notBefore ?? '')) / 1_000;
  const inside = claimed?.isInside === true ? 'inside of it' : 'OUTSIDE of it';
  return [
    ...(notBefore === null ? [] : [['not before', notBefore]]),
    ['not after', notAfter ?? 'no time: nobody but the log vouches for one'],
    ...(Number.isNaN(widthSeconds) ? [] : [['window', `${widthSeconds} s wide, by the cosigners`]]),
    ...(claimed === null || claimed.isInside === null
      ? []
      : [['claimed', `${claimed.time}, ${inside}`]]),
  ];
}

function notProvenBy({ notBeforeSeconds, notAfterSeconds }: EventWindow): readonly string[] {
  return [
    'that what the entry says is true: the log commits to what it was sent',
    'that nothing else was to be sent, or that no other entry speaks of the same',
    notBeforeSeconds === null
      ? 'when it happened: times in the entry are claims of its source and of the log'
      : 'when it happened: the event was made in the window, and may tell of what was before',
    ...(notAfterSeconds === null
      ? ['that the log showed everybody the same tree: that takes witnesses']
      : []),
  ];
}

/** Control characters are shown as '?': an entry may hold whatever its source wrote. */
function entryOf(bytes: Uint8Array): Verdict['entry'] {
  try {
    const leaf = parseLeaf(bytes);
    return { v: leaf.v, about: aboutOf(leaf).replaceAll(/[\p{Cc}\p{Cf}]/gu, '?') };
  } catch (error) {
    if (isTransparencyError(error)) return null;
    throw error;
  }
}

function aboutOf(leaf: Leaf): string {
  switch (leaf.v) {
    case 'nhi.leaf/1': {
      const { id, kind, actor, src } = leaf.event;
      return `${kind} by ${actor.type} ${actor.id}, sent by ${src.id} as ${id}`;
    }
    case 'nhi.genesis/1':
      return `the first leaf of ${leaf.origin}, tenant ${leaf.tenant}`;
    case 'nhi.log/1':
      return `the log's own leaf, ${leaf.type}`;
    default:
      return 'an index head';
  }
}

function timeOf(seconds: number): string {
  const time = new Date(seconds * 1000);
  return Number.isNaN(time.getTime()) ? `${seconds} s` : time.toISOString();
}
