import { describe, expect, it } from 'vitest';
import { signIndexAudit } from '../../src/event/index-audit.ts';
import {
  AUDITORS_OF_POSTER_MAX,
  AUDITS_KEPT_MAX,
  keepAudit,
  parsePostedAudit,
  readAudits,
} from '../../src/lookup/audit-notes.ts';
import { memoryIndexStore } from '../../src/storage/memory-index-store.ts';
import { refusalOf } from '../support/refusal.ts';
import { testSigner } from '../support/test-signer.ts';

const SIGNER = testSigner('auditor.test/a');

/** A note of a head; without a signer of its own all are by one auditor. */
function note(leafIndex: number, name = 'auditor.test/a'): Uint8Array {
  const audit = { origin: 'log.test/a', leafIndex, size: leafIndex, trieRoot: new Uint8Array(32) };
  return signIndexAudit(audit, { ...SIGNER, name });
}

describe('audit notes', () => {
  const kept = async (store: ReturnType<typeof memoryIndexStore>): Promise<number[]> =>
    (await readAudits(store)).map((one) => parsePostedAudit(one).leafIndex);

  it('are the newest of each auditor, those of the latest heads first', async () => {
    const store = memoryIndexStore();
    for (const leafIndex of [5, 9, 7]) await keepAudit(store, note(leafIndex), 'a');
    await keepAudit(store, note(12, 'auditor.test/b'), 'a');
    expect(await kept(store)).toEqual([12, 9]);
  });

  it('are not displaced by what another posts in the name of their auditor', async () => {
    const store = memoryIndexStore();
    const honest = note(9);
    await keepAudit(store, honest, 'auditor');
    const forged = note(1_000);
    forged[forged.length - 5] = 0x41;
    for (const by of ['somebody', null]) await keepAudit(store, forged, by);
    const notes = await readAudits(store);
    expect(notes).toHaveLength(3);
    expect(notes.some((one) => one.every((byte, i) => byte === honest[i]))).toBe(true);
  });

  it('are so many of one poster, and so many in all', async () => {
    const store = memoryIndexStore();
    let posters = 0;
    for (; posters * AUDITORS_OF_POSTER_MAX < AUDITS_KEPT_MAX; posters++) {
      for (let i = 0; i < AUDITORS_OF_POSTER_MAX; i++) {
        await keepAudit(store, note(5, `auditor.test/${i}`), `p${posters}`);
      }
      const why = await refusalOf(keepAudit(store, note(5, 'auditor.test/more'), `p${posters}`));
      expect(why).toMatch('index-audit.malformed: notes of 25 auditors');
    }
    expect(await refusalOf(keepAudit(store, note(5), 'new'))).toMatch('notes of 0 auditors');
    expect(await refusalOf(keepAudit(store, note(6, 'auditor.test/3'), 'p0'))).toBeNull();
  });
});
