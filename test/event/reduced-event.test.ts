import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8, utf8Text } from '../../src/core/bytes.ts';
import { disclosureDigest, parseDisclosure } from '../../src/event/disclosure.ts';
import type { NhiEvent } from '../../src/event/nhi-event.ts';
import { reduceEvent, whyReduce } from '../../src/event/reduced-event.ts';
import { findSecretInEvent } from '../../src/event/secret.ts';
import { parseSubmission } from '../../src/event/submission.ts';
import { corpusOf } from '../secrets/corpus.ts';
import { Needles } from '../secrets/needles.ts';
import { codeOf } from '../support/refusal.ts';

const KEY = new Uint8Array(32).fill(9);
const event: NhiEvent = {
  v: 'nhi.event/1',
  id: 'call-1',
  kind: 'tool.invoke',
  phase: 'complete',
  tenant: 'acme',
  time: { occurred: '2026-11-20T09:27:00Z', clock: { sync: 'ntp' } },
  src: { id: 'agent-1', format: 'native', orig_id: 'c-7' },
  actor: { type: 'ai_agent', id: 'spiffe://acme.test/agent/1', name: 'one' },
  action: { name: 'tools/call', class: 'exec' },
  outcome: { result: 'failure', code: '500' },
  cred: { type: 'oauth_access_token', id: 'tok-1', scopes: ['a'] },
};
const corpus = corpusOf(3);

describe('an event that may not be sent whole', () => {
  it('is reduced to what every event has, its credential, and a commitment to the rest', () => {
    const [secret = { text: '' }] = corpus;
    const whole = { ...event, outcome: { ...event.outcome, error: secret.text } };
    expect(whyReduce(whole)).toBe('secret');
    const { event: reduced, disclosure } = reduceEvent(whole, { why: 'secret', key: KEY });
    expect(reduced.event).toEqual({
      v: 'nhi.event/1',
      id: 'call-1',
      kind: 'tool.invoke',
      phase: 'complete',
      tenant: 'acme',
      time: { occurred: '2026-11-20T09:27:00Z' },
      src: { id: 'agent-1', format: 'native' },
      actor: { type: 'ai_agent', id: 'spiffe://acme.test/agent/1' },
      action: { name: 'tools/call', class: 'exec' },
      outcome: { result: 'failure' },
      cred: { type: 'oauth_access_token', id: 'tok-1' },
      ext: { 'nhi.reduced': 'secret' },
      sd: { '/rest': disclosureDigest(disclosure) },
    });
    // Whoever kept the disclosure can prove all that was left out, and nothing that was not.
    expect(parseDisclosure(disclosure).value).toEqual({
      time: { clock: { sync: 'ntp' } },
      src: { orig_id: 'c-7' },
      actor: { name: 'one' },
      outcome: { code: '500', error: secret.text },
      cred: { scopes: ['a'] },
    });
    expect(parseSubmission(reduced.canonical).event.event).toEqual(reduced.event);
  });

  it('keeps what may be sent', () => {
    expect(whyReduce(event)).toBe(null);
  });

  it('holds no byte of any secret, wherever it stood', () => {
    for (const { kind, text, cores } of corpus) {
      const needles = new Needles(cores.map((core) => ({ name: kind, text: core })));
      const short = text.length <= 128 && !text.includes('\n') ? text : 'x';
      const places: readonly NhiEvent[] = [
        { ...event, ext: { 'com.example.x': { [text]: 1 } } },
        { ...event, outcome: { result: 'failure', error: text.slice(0, 4_000) } },
        { ...event, action: { name: short, class: 'exec' }, ext: { 'com.example.y': text } },
        { ...event, actor: { type: 'ai_agent', id: short }, ext: { 'com.example.y': text } },
        { ...event, cred: { type: 'other', id: short }, ext: { 'com.example.y': text } },
      ];
      for (const whole of places) {
        if (whyReduce(whole) === null) continue;
        const { event: reduced } = reduceEvent(whole, { why: 'secret', key: KEY });
        expect([kind, needles.findIn(reduced.canonical)]).toEqual([kind, []]);
        expect(findSecretInEvent(reduced.canonical)).toBe(null);
      }
    }
  });

  it('is the same each time under one key, and tells nothing without it', () => {
    const whole = { ...event, ext: { 'com.example.x': `password=${'Aa1'.repeat(6)}` } };
    const of = (key: Uint8Array) =>
      utf8Text(reduceEvent(whole, { why: 'secret', key }).event.canonical);
    expect(of(KEY)).toBe(of(KEY));
    expect(of(new Uint8Array(32).fill(8))).not.toBe(of(KEY));
  });

  it('may be of any length', () => {
    fc.assert(
      fc.property(fc.integer({ min: 61_000, max: 200_000 }), (length) => {
        const whole = { ...event, ext: { 'com.example.x': 'y'.repeat(length) } };
        expect(whyReduce(whole)).toBe('too-large');
        const { event: reduced } = reduceEvent(whole, { why: 'too-large', key: KEY });
        expect(reduced.canonical.length).toBeLessThan(1_000);
        expect(reduced.event.ext).toEqual({ 'nhi.reduced': 'too-large' });
      }),
      { numRuns: 5 },
    );
  });

  it('is refused where nothing tells it apart without the secret, or where it has a number', () => {
    const token = corpus.find(({ kind }) => kind === 'github-classic')?.text ?? '';
    const reduce = (whole: NhiEvent) =>
      codeOf(() => reduceEvent(whole, { why: 'secret', key: KEY }));
    expect(reduce({ ...event, id: token })).toBe('event.secret');
    expect(reduce({ ...event, src: { id: token, format: 'native' } })).toBe('event.secret');
    const numbered = { ...event, src: { ...event.src, epoch: 'e', seq: 0, prev: null } };
    expect(reduce(numbered)).toBe('event.sequence');
    expect(reduce({ ...event, kind: 'source.heartbeat', body: {} })).toBe('event.body');
    expect(utf8(token).length).toBe(40);
  });
});
