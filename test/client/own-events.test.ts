import { describe, expect, it } from 'vitest';
import {
  checkOwnEvents,
  type OwnEvents,
  type OwnEventsReport,
  sentEvent,
} from '../../src/client/own-events.ts';
import { utf8 } from '../../src/core/bytes.ts';
import { canonicalJson } from '../../src/event/canonical.ts';
import { eventDigest } from '../../src/event/event.ts';
import { parseLeaf } from '../../src/event/leaf.ts';
import { type IndexLife, indexLife } from '../support/index-life.ts';
import { indexEvent } from '../support/index-log.ts';
import { lookupSite, siteOptions } from '../support/lookup-site.ts';

/** Id and digest of an event, as its source kept them. */
function sentOf(leafBytes: Uint8Array): [string, string] {
  const leaf = parseLeaf(leafBytes);
  if (leaf.v !== 'nhi.leaf/1') throw new Error('no event');
  return [leaf.event.id, eventDigest(canonicalJson(JSON.parse(JSON.stringify(leaf.event))))];
}

function check(life: IndexLife, own: Omit<OwnEvents, 'sourceId'>): Promise<OwnEventsReport> {
  return checkOwnEvents(siteOptions(life, lookupSite(life)), { sourceId: 'gw-1', ...own });
}

describe('a source that looks itself up', () => {
  const events = Array.from({ length: 12 }, (_, i) => indexEvent(i));
  const sent = new Map(events.map(sentOf));

  it('finds what it sent, and nothing else', async () => {
    const life = indexLife();
    life.log.append(...events);
    await life.settle();
    const { missing, changed, foreign } = await check(life, { sent });
    expect({ missing, changed, foreign }).toEqual({ missing: [], changed: [], foreign: [] });
  });

  it('finds what is not there, what is another, and what it never sent', async () => {
    const life = indexLife();
    life.log.append(...events.slice(1), indexEvent(0, { cred: 'other' }), indexEvent('intruder'));
    await life.settle();
    const { missing, changed, foreign } = await check(life, { sent });
    expect(missing).toEqual(['e-0']);
    expect(changed).toEqual([{ index: 11, id: 'e-0' }]);
    expect(foreign).toEqual([{ index: 12, id: 'e-intruder' }]);
  });

  it('goes on with what stood behind the index at the last look, and with what was missing then', async () => {
    const life = indexLife();
    life.log.append(...events.slice(0, 8));
    await life.settle();
    life.log.append(...events.slice(8, 11));
    life.log.publish();
    const first = await check(life, { sent });
    expect([first.missing, first.foreign]).toEqual([['e-11'], []]);
    expect([...first.next.sent.keys()]).toEqual(['e-8', 'e-9', 'e-10', 'e-11']);
    life.log.append(events[11] as Uint8Array);
    await life.settle();
    const second = await check(life, first.next);
    expect([second.missing, second.changed, second.foreign]).toEqual([[], [], []]);
    expect(second.result.events).toHaveLength(4);
    expect(second.next.sent.size).toBe(0);
  });

  it('knows an event that it sent by its bytes', () => {
    const leaf = parseLeaf(events[3] as Uint8Array);
    const item = utf8(JSON.stringify({ event: 'event' in leaf ? leaf.event : null }));
    expect(sentEvent(item)).toEqual(sentOf(events[3] as Uint8Array));
  });

  it('goes on from where it looked last', async () => {
    const life = indexLife();
    life.log.append(...events);
    await life.settle();
    const first = await check(life, { sent });
    const more = [indexEvent(100), indexEvent(101)];
    life.log.append(...more);
    await life.settle();
    const { known } = first.result;
    if (known === null) throw new Error('nothing to go on from');
    const second = await check(life, { sent: new Map(more.map(sentOf)), known });
    expect([second.missing, second.changed, second.foreign]).toEqual([[], [], []]);
    expect(second.result.events).toHaveLength(2);
  });
});
