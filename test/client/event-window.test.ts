import { describe, expect, it } from 'vitest';
import { sha256 } from '#sha256';
import { openEventWindow } from '../../src/client/event-window.ts';
import { base64 } from '../../src/core/base64.ts';
import { utf8 } from '../../src/core/bytes.ts';
import { formatCheckpoint } from '../../src/core/checkpoint.ts';
import { leafHash, nodeHash } from '../../src/core/hash.ts';
import { formatNote, parseNote } from '../../src/core/note.ts';
import { type Policy, parsePolicy } from '../../src/core/policy.ts';
import { formatProofFile, openProofFile } from '../../src/core/proof-file.ts';
import { formatVkey } from '../../src/core/vkey.ts';
import { canonicalJson } from '../../src/event/canonical.ts';
import { formatLeaf } from '../../src/event/leaf.ts';
import type { SeenHead } from '../../src/event/nhi-event.ts';
import type { JsonValue } from '../../src/event/strict-json.ts';
import { codeOf } from '../support/refusal.ts';
import { signedLog } from '../support/signed-log.ts';
import { testWitnessKey } from '../support/test-witness.ts';

const log = signedLog('windows');
const witnesses = ['w0.test/w', 'w1.test/w'].map(testWitnessKey);
const policy: Policy = parsePolicy(
  utf8(
    [
      `log ${log.vkey}`,
      ...witnesses.map(({ key }, i) => `witness w${i} ${formatVkey(key)}`),
      'group q all w0 w1',
      'quorum q',
      '',
    ].join('\n'),
  ),
);
const first = utf8('what came before');
const [SAW, COSIGNED] = [1_795_000_000, 1_795_000_060];

/** A head of a tree, cosigned by each witness at a time of its own. */
function headOf(size: number, rootHash: Uint8Array, times: readonly number[]): Uint8Array {
  const text = formatCheckpoint({ origin: log.origin, size, rootHash });
  const lines = witnesses.map((witness, i) => witness.cosign(text, times[i] ?? 0));
  return formatNote({ text, signatures: [log.line(text), ...lines] });
}

const SEEN = headOf(1, leafHash(first), [SAW, SAW + 5]);

/** The second entry of a tree of two, its proof, and what it says that its source had seen. */
function proven(seen?: SeenHead, occurredSeconds = SAW + 30) {
  const event = {
    v: 'nhi.event/1',
    id: 'deploy-1',
    kind: 'deploy.execute',
    phase: 'complete',
    tenant: 'acme',
    time: { occurred: new Date(occurredSeconds * 1_000).toISOString() },
    src: { id: 'deployer', format: 'native' },
    actor: { type: 'ci_job', id: 'ci/1' },
    action: { name: 'deploy', class: 'deploy' },
    outcome: { result: 'success' },
    ...(seen === undefined ? {} : { ctx: { seen } }),
  };
  const recv = { adapter: 'native', at: 0, by: null, conflict: null, map: null, raw: null };
  const entry = formatLeaf({
    eventCanonical: canonicalJson(event as unknown as JsonValue),
    recv: { ...recv, salt: 'A'.repeat(22) },
    sig: null,
  });
  const hash = leafHash(entry);
  const checkpoint = headOf(2, nodeHash(leafHash(first), hash), [COSIGNED + 3, COSIGNED]);
  const file = formatProofFile({ leafIndex: 1, path: [leafHash(first)], checkpoint });
  return { entry, proven: openProofFile(file, { leafHash: hash, policy }), policy };
}

const named = (note: Uint8Array, rootHash = leafHash(first), size = 1): SeenHead => {
  return { size, root: base64(rootHash), note: base64(sha256(note)) };
};

describe('the window of an event', () => {
  it('has both ends by the word of a quorum, and holds the claim to them', () => {
    const window = openEventWindow({ ...proven(named(SEEN)), seen: SEEN });
    expect(window).toMatchObject({
      // All of the two witnesses are the quorum: the earlier time counts below, the later above.
      notBeforeSeconds: SAW,
      notAfterSeconds: COSIGNED + 3,
      isClaimInside: true,
    });
    expect(window.seen?.size).toBe(1);
    const claims = [SAW - 60, SAW + 1, COSIGNED + 60].map((seconds) => {
      return openEventWindow({ ...proven(named(SEEN), seconds), seen: SEEN }).isClaimInside;
    });
    expect(claims).toEqual([false, true, false]);
  });

  it('has no end below without the checkpoint, or without one that is named', () => {
    expect(openEventWindow(proven(named(SEEN)))).toMatchObject({
      notBeforeSeconds: null,
      notAfterSeconds: COSIGNED + 3,
      isClaimInside: null,
    });
    expect(codeOf(() => openEventWindow({ ...proven(), seen: SEEN }))).toBe('seen.mismatch');
  });

  it('refuses another checkpoint than the one that the event names', () => {
    // The same head, cosigned at other times: a later one would move the window.
    const later = headOf(1, leafHash(first), [SAW + 40, SAW + 40]);
    expect(codeOf(() => openEventWindow({ ...proven(named(SEEN)), seen: later }))).toBe(
      'seen.mismatch',
    );
    const otherRoot = named(SEEN, leafHash(utf8('another')));
    expect(codeOf(() => openEventWindow({ ...proven(otherRoot), seen: SEEN }))).toBe(
      'seen.mismatch',
    );
    const bare = { size: 1, root: base64(leafHash(first)) };
    expect(codeOf(() => openEventWindow({ ...proven(bare), seen: SEEN }))).toBe('seen.mismatch');
  });

  it('refuses a checkpoint of a tree that would hold the event itself', () => {
    const own = headOf(2, leafHash(first), [SAW, SAW]);
    const claim = proven(named(own, leafHash(first), 2));
    expect(codeOf(() => openEventWindow({ ...claim, seen: own }))).toBe('seen.mismatch');
  });

  it('refuses a checkpoint without the quorum, whatever the event says', () => {
    const { text, signatures } = parseNote(SEEN);
    const alone = formatNote({ text, signatures: signatures.slice(0, 2) });
    expect(codeOf(() => openEventWindow({ ...proven(named(alone)), seen: alone }))).toBe(
      'policy.quorum-not-met',
    );
  });
});
