import { describe, expect, it } from 'vitest';
import { utf8 } from '../../src/core/bytes.ts';
import { openCheckpoint } from '../../src/core/checkpoint.ts';
import { isTransparencyError } from '../../src/core/error.ts';
import { parseVkey } from '../../src/core/vkey.ts';
import { canonicalJson } from '../../src/event/canonical.ts';
import { parseIndexAnswer } from '../../src/event/index-answer.ts';
import { checkIndexFraud } from '../../src/event/index-fraud.ts';
import { openIndexAnswer } from '../../src/event/index-proof.ts';
import { labelOf, parseLookupKey } from '../../src/event/map.ts';
import type { JsonObject } from '../../src/event/strict-json.ts';
import { readVectors } from './vectors.ts';

interface AnswerVectors {
  readonly vkey: string;
  readonly cases: readonly {
    readonly name: string;
    readonly key: string;
    readonly answer: JsonObject & { readonly checkpoint: string };
    readonly holds: boolean;
  }[];
  readonly frauds: readonly {
    readonly name: string;
    readonly proves: boolean;
    readonly fraud: JsonObject;
  }[];
}

const { vkey, cases, frauds } = readVectors<AnswerVectors>('index-answer');
const logKey = parseVkey(vkey);

function isAccepted(action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if (!isTransparencyError(error)) throw error;
    return false;
  }
}

describe('vectors of answers', () => {
  it.each(cases)('$name: $holds', ({ key, answer, holds }) => {
    const accepted = isAccepted(() => {
      const parsed = parseIndexAnswer(canonicalJson(answer));
      const checkpoint = openCheckpoint(utf8(answer.checkpoint), { logKey });
      openIndexAnswer(parsed, { checkpoint, label: labelOf(parseLookupKey(key)) });
    });
    expect(accepted).toBe(holds);
  });
});

describe('vectors of fraud proofs', () => {
  it.each(frauds)('$name: $proves', ({ fraud, proves }) => {
    expect(isAccepted(() => checkIndexFraud(canonicalJson(fraud), logKey))).toBe(proves);
  });
});
