import { describe, expect, it } from 'vitest';
import { utf8 } from '../../src/core/bytes.ts';
import { parseEvent } from '../../src/event/event.ts';
import { formatLeaf } from '../../src/event/leaf.ts';
import { submitterOf } from '../../src/event/submitter.ts';
import { testEvent } from '../support/test-log.ts';

function leafBy(by: string | null, note = 'x', sig = false): Uint8Array {
  return formatLeaf({
    eventCanonical: parseEvent(testEvent('e', note)).canonical,
    recv: {
      ...{ adapter: 'native', at: 1_795_166_821_000, by, conflict: null },
      ...{ map: { id: 'm', sha256: 'a'.repeat(64) }, raw: null, salt: 'AAECAwQFBgcICQoLDA0ODw' },
    },
    sig: sig ? { alg: 'ed25519', kid: 'k'.repeat(128), value: `${'A'.repeat(86)}==` } : null,
  });
}

describe('the submitter of a leaf', () => {
  it('is the token that was shown, or none', () => {
    expect(submitterOf(leafBy('gateway-1'))).toBe('gateway-1');
    expect(submitterOf(leafBy('gateway-1', 'x', true))).toBe('gateway-1');
    expect(submitterOf(leafBy(null))).toBeNull();
  });

  it('is not what an event says of itself', () => {
    const said = ',"recv":{"adapter":"native","at":1,"by":"somebody"';
    expect(submitterOf(leafBy('gateway-1', said))).toBe('gateway-1');
    expect(submitterOf(leafBy(null, said))).toBeNull();
  });

  it('is nobody for other bytes', () => {
    for (const text of ['', 'no leaf', '{"v":"nhi.index/1"}']) {
      expect(submitterOf(utf8(text))).toBeNull();
    }
  });
});
