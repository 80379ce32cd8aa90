import { describe, expect, it } from 'vitest';
import { compareBytes, utf8 } from '../../src/core/bytes.ts';
import { hex } from '../../src/core/hex.ts';
import { labelOf, mapLeaf } from '../../src/event/map.ts';
import type { NewPostings } from '../../src/lookup/index-state.ts';
import { PostingBuffer } from '../../src/lookup/posting-buffer.ts';
import { seededRandom } from '../support/random.ts';

const pause = (): Promise<void> => Promise.resolve();

/** The leaf of an event whose credential and actor are of a population. */
function leafOf(cred: number, actor: number, by: string): Uint8Array {
  return utf8(
    `{"event":{"action":{"class":"exec","name":"tools/call"},"actor":{"id":"a-${actor}","type":"ai_agent"},` +
      `"cred":{"id":"c-${cred}","type":"api_key"},"id":"e-1","kind":"tool.invoke","outcome":{"result":"success"},` +
      `"phase":"complete","src":{"format":"test","id":"gw-1"},"tenant":"acme",` +
      `"time":{"occurred":"2026-11-20T09:00:00Z"},"v":"nhi.event/1"},"recv":{"adapter":"native","at":1795166821000,` +
      `"by":"${by}","conflict":null,"map":null,"raw":null,"salt":"AAECAwQFBgcICQoLDA0ODw"},"sig":null,"v":"nhi.leaf/1"}`,
  );
}

/** Indices by label, of all that was taken so far. */
class Taken {
  readonly byLabel = new Map<string, number[]>();

  add(postings: Iterable<NewPostings>): void {
    let last: Uint8Array | null = null;
    for (const { label, indices } of postings) {
      if (last !== null) expect(compareBytes(last, label)).toBeLessThan(0);
      last = label;
      this.post(hex(label), indices);
    }
  }

  post(label: string, indices: readonly number[]): void {
    this.byLabel.set(label, [...(this.byLabel.get(label) ?? []), ...indices]);
  }
}

describe('postings that wait', () => {
  it('are taken by size, in the order of labels, and none is lost or doubled', async () => {
    const random = seededRandom(3);
    const buffer = new PostingBuffer();
    const [found, expected] = [new Taken(), new Taken()];
    let taken = 0;
    let postings = 0;
    for (let leafIndex = 0; leafIndex < 4_000; leafIndex++) {
      const entry = random.chance(0.05)
        ? utf8('no leaf')
        : leafOf(random.below(900), random.below(40), 'gateway');
      buffer.add(leafIndex, entry, { isCounted: true });
      for (const key of mapLeaf(entry)) {
        expected.post(hex(labelOf(key)), [leafIndex]);
        postings += 1;
      }
      if (!random.chance(0.003)) continue;
      taken = Math.max(taken, leafIndex - random.below(500));
      found.add((await buffer.takeBelow(taken, pause)).sorted());
      expect(buffer.first).toBeGreaterThanOrEqual(taken);
    }
    found.add((await buffer.takeBelow(4_000, pause)).sorted());
    expect(postings).toBeGreaterThan(15_000);
    expect(found.byLabel).toEqual(expected.byLabel);
    expect([buffer.postings, buffer.keys, buffer.first]).toEqual([0, 0, Number.POSITIVE_INFINITY]);
  });

  it('are of whoever submitted the first entry of a key, where that is counted', async () => {
    const buffer = new PostingBuffer();
    buffer.add(0, leafOf(1, 1, 'before'), { isCounted: false });
    buffer.add(1, leafOf(2, 1, 'first'), { isCounted: true });
    buffer.add(2, leafOf(2, 1, 'second'), { isCounted: true });
    const postings = [...(await buffer.takeBelow(3, pause)).sorted()];
    const byOf = (value: string): string | null | undefined => {
      const label = hex(labelOf({ selector: 'cred', value }));
      return postings.find((one) => hex(one.label) === label)?.by;
    };
    expect([byOf('c-1'), byOf('c-2')]).toEqual([null, 'first']);
  });
});
