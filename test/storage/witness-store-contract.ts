import { describe, expect, it } from 'vitest';
import { originHash } from '../../src/core/add-checkpoint.ts';
import { utf8 } from '../../src/core/bytes.ts';
import { EVIDENCE_MAX, type WitnessStore } from '../../src/witness/ports.ts';
import { signedLog } from '../support/signed-log.ts';

const log = signedLog('contract');
const hash = originHash(log.origin);
const listed = { key: log.key, origin: log.origin, requestsPerDay: 86_400, contact: 'test' };

/** What every store of a witness promises that holds nothing yet. */
export function witnessStoreContract(name: string, newStore: () => Promise<WitnessStore>): void {
  describe(`${name} keeps the contract of a witness's store`, () => {
    it('knows no log at first, then those that were added', async () => {
      const store = await newStore();
      expect(await store.log(hash)).toBeNull();
      expect(await store.logs()).toEqual([]);
      expect(await store.addLog(listed)).toBe(true);
      expect(await store.addLog(listed)).toBe(false);
      expect(await store.logs()).toEqual([hash]);
      expect(await store.log(hash)).toEqual({
        origin: log.origin,
        keys: [log.key],
        requestsPerDay: 86_400,
      });
    });

    it('adds a second key to a log, and takes the smaller quota', async () => {
      const store = await newStore();
      const { key } = signedLog('second-key');
      await store.addLog(listed);
      expect(await store.addLog({ ...listed, key, requestsPerDay: 10 })).toBe(true);
      const found = await store.log(hash);
      expect(found?.requestsPerDay).toBe(10);
      expect(found?.keys).toHaveLength(2);
      expect(found?.keys).toContainEqual(key);
    });

    it('holds no head at first, then the one it was given last', async () => {
      const store = await newStore();
      await store.addLog(listed);
      expect(await store.head(hash)).toBeNull();
      for (let counter = 1; counter <= 12; counter++) {
        await store.advance(hash, counter - 1, log.note(counter));
        expect(await store.head(hash)).toEqual({ counter, note: log.note(counter) });
      }
      expect(await store.head(originHash('another'))).toBeNull();
    });

    it('refuses to advance from what is not its head, and stays usable', async () => {
      const store = await newStore();
      await store.addLog(listed);
      await expect(store.advance(hash, 1, log.note(1))).rejects.toMatchObject({
        code: 'store.moved',
      });
      await store.advance(hash, 0, log.note(1));
      for (const wrong of [0, 2, 7]) {
        const moved = { code: 'store.moved' };
        await expect(store.advance(hash, wrong, log.note(2))).rejects.toMatchObject(moved);
      }
      await store.advance(hash, 1, log.note(2));
      expect(await store.head(hash)).toEqual({ counter: 2, note: log.note(2) });
    });

    it('lets one of many that race for the next head win', async () => {
      const store = await newStore();
      await store.addLog(listed);
      for (let from = 0; from < 5; from++) {
        const all = await Promise.allSettled(
          Array.from({ length: 8 }, (_, i) => store.advance(hash, from, log.note(10 * from + i))),
        );
        expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        const won = all.findIndex(({ status }) => status === 'fulfilled');
        expect((await store.head(hash))?.note).toEqual(log.note(10 * from + won));
      }
    });

    it('keeps evidence once, by its name, and so much of it', async () => {
      const store = await newStore();
      await store.addLog(listed);
      expect(await store.evidenceNames(hash)).toEqual([]);
      for (let i = 0; i < EVIDENCE_MAX + 3; i++) {
        await store.addEvidence(hash, { kind: 'refused', bytes: utf8(`request ${i}`) });
        await store.addEvidence(hash, { kind: 'refused', bytes: utf8(`request ${i}`) });
      }
      await store.addEvidence(hash, { kind: 'fork', bytes: utf8('a fork') });
      const names = await store.evidenceNames(hash);
      expect(names).toHaveLength(EVIDENCE_MAX + 1);
      expect(await store.evidence(hash, names[0] ?? '')).toEqual(utf8('a fork'));
      expect(await store.evidence(hash, 'fork-../../key')).toBeNull();
      expect(await store.evidence(hash, `fork-${'0'.repeat(64)}`)).toBeNull();
    });
  });
}
