import { describe, expect, it } from 'vitest';
import { utf8 } from '../../src/core/bytes.ts';
import { eventOf } from '../../src/event/event.ts';
import { parseLeaf } from '../../src/event/leaf.ts';
import type { MappedItem } from '../../src/event/mapped-item.ts';
import { checkReceipt } from '../../src/event/receipt.ts';
import { parseStrictJson } from '../../src/event/strict-json.ts';
import { ANYONE, openTestLog, testEvent } from '../support/test-log.ts';

const COMMITMENT = 'A'.repeat(43);
const MAP = { id: 'test/1', sha256: '0'.repeat(64) };

function item(id: string, raw: string, note = 'x'): MappedItem {
  const event = eventOf(parseStrictJson(testEvent(id, note)));
  return {
    event,
    adapter: 'test',
    map: MAP,
    raw: utf8(raw),
    rawCommitment: COMMITMENT,
    rawSalt: null,
    disclosures: [],
  };
}

describe('what adapters submit', () => {
  it('becomes a leaf that names its adapter, its mapping and the commitment to what was sent', async () => {
    await using log = closing(await openTestLog());
    const [outcome] = await log.it.submitMapped([item('a', 'raw a')], ANYONE);
    if (outcome?.kind !== 'appended') throw new Error('not appended');
    const { receipt } = outcome;
    expect(receipt.recv).toMatchObject({ adapter: 'test', map: MAP, raw: COMMITMENT });
    await log.it.waitPublished(receipt.index + 1, AbortSignal.timeout(5_000));
    const leaf = parseLeaf(await log.it.readEntry(receipt.index));
    expect(leaf).toMatchObject({ v: 'nhi.leaf/1', recv: receipt.recv, sig: null });
    checkReceipt(receipt, { event: item('a', '').event, sig: null });
  });

  it('is one leaf when it is sent again, although the event has new commitments', async () => {
    await using log = closing(await openTestLog());
    const [first] = await log.it.submitMapped([item('a', 'raw a', 'salt 1')], ANYONE);
    const [again] = await log.it.submitMapped([item('a', 'raw a', 'salt 2')], ANYONE);
    if (first?.kind !== 'appended' || again?.kind !== 'duplicate') throw new Error('two leaves');
    expect(again.receipt).toEqual({ ...first.receipt, duplicate: true });
  });

  it('is kept whole as a conflict when the same id comes with another content', async () => {
    await using log = closing(await openTestLog());
    const [first] = await log.it.submitMapped([item('a', 'raw a')], ANYONE);
    const [other] = await log.it.submitMapped([item('a', 'raw b')], ANYONE);
    expect(other?.kind).toBe('conflict');
    if (first?.kind !== 'appended' || other?.kind !== 'conflict') return;
    expect(other.firstIndex).toBe(first.receipt.index);
    expect(other.receipt.recv).toMatchObject({ adapter: 'test', conflict: first.receipt.index });
  });

  it('is refused for another tenant, and for a source that the token may not speak for', async () => {
    await using log = closing(await openTestLog());
    const bound = { ...ANYONE, sources: ['another'] };
    const [outcome] = await log.it.submitMapped([item('a', 'raw a')], bound);
    expect(outcome).toMatchObject({ kind: 'refused', error: { code: 'event.wrong-source' } });
  });

  it('gives one pseudonym for one content, and others under another label', async () => {
    await using log = closing(await openTestLog());
    const { pseudonym } = log.it;
    expect(pseudonym('id', utf8('dana'))).toEqual(pseudonym('id', utf8('dana')));
    expect(pseudonym('id', utf8('dana'))).toHaveLength(16);
    expect(pseudonym('sub', utf8('dana'))).not.toEqual(pseudonym('id', utf8('dana')));
  });
});

function closing<T extends { close(): Promise<unknown> }>(it: T): { it: T } & AsyncDisposable {
  return { it, [Symbol.asyncDispose]: async () => void (await it.close()) };
}
