import { describe, expect, it } from 'vitest';
import { utf8 } from '../../src/core/bytes.ts';
import { parseEvent } from '../../src/event/event.ts';
import { ADAPTERS, ingest } from '../../src/ingest/ingest.ts';
import { carrierOf } from '../secrets/carriers.ts';
import { corpusOf, SECRET_KINDS, SECRETS_PER_KIND } from '../secrets/corpus.ts';
import { Needles } from '../secrets/needles.ts';
import { seededRandom } from '../support/random.ts';
import { headersOf, testContext } from './golden.ts';

const corpus = corpusOf(1);
/** One of each kind but few: `npm run test:secrets` sends all of them to a server. */
const chosen = corpus.filter((_, n) => n % (SECRETS_PER_KIND + 1) === 0);

describe('usable secrets', () => {
  it('are 200 of 25 kinds, the same ones of a seed', () => {
    expect([corpus.length, SECRET_KINDS.length]).toEqual([200, 25]);
    expect(corpusOf(1)).toEqual(corpus);
    expect(new Set(corpus.flatMap(({ cores }) => cores)).size).toBeGreaterThanOrEqual(200);
  });

  it.each([...ADAPTERS.keys()])(
    'sent to %s are in no event, no opening, and no kept bytes',
    (name) => {
      const adapter = ADAPTERS.get(name);
      if (adapter === undefined) throw new Error(name);
      const random = seededRandom(7);
      let items = 0;
      for (const secret of chosen) {
        const needles = new Needles(secret.cores.map((text) => ({ name: secret.kind, text })));
        const { body, headers, place } = carrierOf(name, secret, random);
        const sent = { body, headers: headersOf(headers) };
        for (const item of ingest(adapter, sent, testContext(name))) {
          items += 1;
          const kept = [
            item.event.canonical,
            ...item.disclosures.map((text) => utf8(text)),
            ...(item.rawSalt === null ? [] : [item.raw]),
          ];
          for (const bytes of kept) expect([place, needles.findIn(bytes)]).toEqual([place, []]);
          expect(parseEvent(item.event.canonical).id).toBe(item.event.id);
        }
      }
      expect(items).toBeGreaterThanOrEqual(chosen.length);
    },
  );
});
