import { describe, expect, it } from 'vitest';
import { utf8, utf8Text } from '../../src/core/bytes.ts';
import type { NhiEvent } from '../../src/event/nhi-event.ts';
import { ADAPTERS, type IngestContext, ingest } from '../../src/ingest/ingest.ts';
import { BUCKET, sha256Hex, Trail } from '../support/trail.ts';
import { headersOf, testContext } from './golden.ts';

function eventsOf(
  body: string,
  headers: Readonly<Record<string, string>> = {},
  more: Partial<IngestContext> = {},
): readonly NhiEvent[] {
  const adapter = ADAPTERS.get('cloudtrail');
  if (adapter === undefined) throw new Error('no adapter');
  const context = { ...testContext('cloudtrail'), ...more };
  const sent = { body: utf8(body), headers: headersOf(headers) };
  return [...ingest(adapter, sent, context)].map((item) => item.event.event);
}

describe('a file of CloudTrail records', () => {
  const file = new Trail('111122223333').file(3, 0);
  const text = utf8Text(file.bytes);
  const id = `sha256:${sha256Hex(file.bytes)}`;

  it('is an event behind its records, which name it', () => {
    const events = eventsOf(text, { 'content-location': `s3://${BUCKET}/${file.object}` });
    expect(events.map(({ kind, ctx }) => [kind, ctx?.parent_id])).toEqual([
      ['secret.read', id],
      ['secret.read', id],
      ['source.heartbeat', undefined],
    ]);
    expect(events[2]).toMatchObject({
      id,
      src: { id: 'aws:cloudtrail:111122223333:eu-west-1', format: 'aws.cloudtrail' },
      time: { occurred: '2026-11-20T03:30:00Z' },
      artifact: { digest: id },
      res: [{ type: 'cloudtrail.file', id: `${BUCKET}/${file.object}`, digest: id }],
    });
  });

  it('is one without a name, and one without records, too', () => {
    expect(eventsOf(text).at(-1)?.res).toBeUndefined();
    expect(eventsOf(text, { 'content-location': 'https://a.test/b' }).at(-1)?.res).toBeUndefined();
    const [empty, ...more] = eventsOf('{"Records":[]}');
    expect(more).toEqual([]);
    expect(empty).toMatchObject({ kind: 'source.heartbeat', src: { id: 'cloudtrail' } });
    expect(empty?.time.clock?.ref).toBe('nhi.received');
  });

  it('is not made of anything that is no file', () => {
    const { Records: records } = JSON.parse(text) as { readonly Records: readonly object[] };
    const lines = records.map((one) => JSON.stringify(one));
    for (const body of [lines.join('\n'), `[${lines.join()}]`, `[${text}]`, `${text}\n${text}`]) {
      const events = eventsOf(body);
      expect(new Set(events.map(({ kind }) => kind))).toEqual(new Set(['secret.read']));
      expect(events.every(({ ctx }) => ctx?.parent_id === undefined)).toBe(true);
    }
  });

  it('says nothing that a record says of it: neither its parent nor its time of another form', () => {
    const [record] = (JSON.parse(text) as { readonly Records: readonly object[] }).Records;
    const hostile = { ...record, parent_id: 'x', ctx: { parent_id: 'x' }, eventTime: '9999' };
    const body = JSON.stringify({ Records: [hostile, 5] });
    const events = eventsOf(body);
    const own = `sha256:${sha256Hex(utf8(body))}`;
    expect(events.map(({ ctx, id: one }) => ctx?.parent_id ?? one)).toEqual([own, own, own]);
    expect(events.at(-1)?.time.clock?.ref).toBe('nhi.received');
  });

  it('keeps its name where the record is too large or holds a secret all over', () => {
    const secret = 'ghp_A1b2C3d4E5A1b2C3d4E5A1b2C3d4E5A1b2C3d4E5';
    const record = { eventID: secret, eventName: secret, recipientAccountId: secret };
    const [event] = eventsOf(JSON.stringify({ Records: [record] }));
    expect(event?.ctx?.parent_id).toMatch(/^sha256:/);
  });

  it('of a token that speaks for one source is of that source', () => {
    const events = eventsOf(text, {}, { sources: ['trail-1'] });
    expect(new Set(events.map(({ src }) => src.id))).toEqual(new Set(['trail-1']));
  });
});
