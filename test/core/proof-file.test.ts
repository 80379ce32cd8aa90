import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base64, parseBase64 } from '../../src/core/base64.ts';
import { parsePolicy } from '../../src/core/policy.ts';
import { formatProofFile, openProofFile, parseProofFile } from '../../src/core/proof-file.ts';
import { hostileBytes } from './note-arbitraries.ts';
import {
  bytesOf,
  type CaseInput,
  codeOf,
  expectCanonicalOrRefused,
  vectorsOf,
} from './note-fixtures.ts';

interface ParseCase extends CaseInput {
  readonly leafIndex?: number;
  readonly pathLength?: number;
  readonly extra?: string;
}
interface OpenCase extends CaseInput {
  readonly leafHash: string;
  readonly leafIndex?: number;
  readonly notAfter?: number;
  readonly notBefore?: number;
}

const parse = vectorsOf<{ cases: ParseCase[] }>('proof-file-parse');
const open = vectorsOf<{ policy: string; cases: OpenCase[] }>('proof-file-open');

describe('parseProofFile', () => {
  it.each(parse.cases)('reads or refuses: $name', (one) => {
    const bytes = bytesOf(one);
    if (one.error !== undefined) {
      expect(codeOf(() => parseProofFile(bytes))).toBe(one.error);
      return;
    }
    const file = parseProofFile(bytes);
    expect([file.leafIndex, file.path.length]).toEqual([one.leafIndex, one.pathLength]);
    expect(file.extra === undefined ? undefined : base64(file.extra)).toBe(one.extra);
    expect(formatProofFile(file)).toEqual(bytes);
  });

  it('throws nothing but refusals, and reads one spelling only', () => {
    fc.assert(
      fc.property(hostileBytes(parse.cases), (bytes) => {
        expectCanonicalOrRefused(bytes, parseProofFile, formatProofFile);
      }),
      { numRuns: 500 },
    );
  });
});

describe('openProofFile', () => {
  const policy = parsePolicy(open.policy);

  it.each(open.cases)('verifies or refuses: $name', (one) => {
    const bytes = bytesOf(one);
    const leafHash = parseBase64(one.leafHash);
    if (one.error !== undefined) {
      expect(codeOf(() => openProofFile(bytes, { leafHash, policy }))).toBe(one.error);
      return;
    }
    const proven = openProofFile(bytes, { leafHash, policy });
    expect([proven.leafIndex, proven.checkpoint.size]).toEqual([one.leafIndex, 7]);
    expect(proven.time).toEqual({
      notAfterSeconds: one.notAfter,
      notBeforeSeconds: one.notBefore,
    });
  });

  it('proves nothing of time with quorum none', () => {
    const [one] = open.cases;
    const log = policy.logs[0];
    if (one === undefined || log === undefined) throw new Error('no case');
    const bare = { logs: [log], witnesses: [], groups: [], quorum: null };
    const trust = { leafHash: parseBase64(one.leafHash), policy: bare };
    const { time, checkpoint } = openProofFile(bytesOf(one), trust);
    expect(time).toEqual({ notAfterSeconds: null, notBeforeSeconds: null });
    expect(checkpoint.cosignatures).toEqual([]);
  });
});
