import { describe, expect, it } from 'vitest';
import { createLook } from '../../src/cli/witness-watch.ts';
import type { WitnessState } from '../../src/core/cosign-round.ts';
import type { Logger } from '../../src/http/http.ts';
import { createFakeLog } from '../support/fake-log.ts';

const STATE: WitnessState = {
  name: 'w',
  url: 'http://w.test',
  size: null,
  last: null,
  claim: null,
  cosignedSize: null,
  cosignedAtSeconds: null,
  forgot: null,
  counts: { cosigned: 0, claims: 0, silent: 0, forgot: 0 },
};
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** What is told as one witness goes through states, a second apart. */
function watched() {
  const told: { readonly message: string; readonly values: Record<string, unknown> }[] = [];
  const tell = (values: object, message: string): void => {
    told.push({ message, values: { ...values } });
  };
  const logger: Logger = { info: tell, warn: tell, error: tell };
  const log = createFakeLog('events', 'main');
  log.publish();
  let state = STATE;
  Object.defineProperty(log, 'witnesses', { get: () => [state] });
  const look = createLook(log, logger);
  let nowMs = 0;
  return {
    told,
    /** What is told now; the witness is looked at each second until then. */
    see(change: Partial<WitnessState>, forMs = SECOND): readonly string[] {
      state = { ...state, ...change };
      const before = told.length;
      for (const end = nowMs + forMs; nowMs < end; look(nowMs)) nowMs += SECOND;
      return told.slice(before).map(({ message }) => message);
    },
  };
}

describe('createLook', () => {
  it('tells each change of a witness once, and nothing of what says nothing of it', () => {
    const one = watched();
    expect(one.see({ last: 'cosigned' })).toEqual([]);
    expect(one.see({ last: 'timeout' }, 5 * SECOND)).toEqual(['a witness does not cosign']);
    expect(one.told[0]?.values).toMatchObject({ log: 'main', witness: 'w', why: 'timeout' });
    expect(one.see({ last: 'busy' })).toEqual([]);
    expect(one.see({ last: 'late' })).toEqual([]);
    expect(one.see({ last: 'cosigned' })).toEqual(['a witness cosigns again']);
    const claim = { kind: 'larger-size', size: 9, verdict: 'unproven' } as const;
    expect(one.see({ last: 'claim', claim })).toEqual(['a witness disputes the head']);
    const refuted = { claim: { ...claim, verdict: 'refuted' } } as const;
    expect(one.see(refuted)).toEqual(['a witness disputes the head']);
    expect(one.told.at(-1)?.values).toMatchObject({ verdict: 'refuted', size: 9 });
  });

  it('says of a witness that flaps that it does, and no more until it is steady', () => {
    const one = watched();
    const lines: string[] = [];
    for (let i = 0; i < 3_600; i++) {
      lines.push(...one.see({ last: i % 2 === 0 ? 'cosigned' : 'unreachable' }));
    }
    expect(lines).toHaveLength(6);
    expect(lines.at(-1)).toContain('flaps');
    expect(one.see({ last: 'unreachable' }, 9 * MINUTE)).toEqual([]);
    const after = one.see({}, 2 * MINUTE);
    // What was told last may be what holds now.
    expect(after.length).toBeLessThan(2);
    expect(one.see({ last: 'cosigned' })).toEqual(['a witness cosigns again']);
  });

  it('tells each time that a witness forgot, also of one that flaps', () => {
    const one = watched();
    const counts = { ...STATE.counts, forgot: 1 };
    const forgot = { named: 4, cosigned: 6 };
    expect(one.see({ last: 'cosigned', forgot, counts }, 3 * SECOND)).toEqual([
      'a witness forgot what it had cosigned',
    ]);
    expect(one.told[0]?.values).toMatchObject({ witness: 'w', named: 4, cosigned: 6 });
    for (let i = 0; i < 100; i++) one.see({ last: i % 2 === 0 ? 'cosigned' : 'timeout' });
    expect(one.see({ counts: { ...counts, forgot: 2 } })).toEqual([
      'a witness forgot what it had cosigned',
    ]);
  });
});
