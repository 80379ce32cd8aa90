import { randomBytes } from 'node:crypto';
import { canonicalJson } from '../../src/event/canonical.ts';

/** Makes bodies: writes one into a buffer at an offset, no two alike. */
export interface BodyMaker {
  /** Bytes of every body. */
  readonly length: number;
  write(target: Buffer, offset: number): void;
}

/**
 * Events of 700 bytes in canonical form, as an agent's gateway sends them: a unique id, and 130 characters in four other
 * members that are random in each; the rest repeats.
 */
export function eventBodies(tenant: string): BodyMaker {
  const event = canonicalEvent(tenant);
  const random = PLACES.map(({ mark, length, digits }) => {
    const at = event.indexOf(mark.repeat(length));
    if (at < 0) throw new Error(`the event has no place for ${length} of ${mark}`);
    return { at, length, pool: randomDigits(digits, POOL_BYTES) };
  });
  const idAt = event.indexOf('!'.repeat(ID_LENGTH));
  const nextId = uniqueIds();
  return {
    length: event.length,
    write(target, offset) {
      event.copy(target, offset);
      target.write(nextId(), offset + idAt, ID_LENGTH, 'latin1');
      for (const { at, length, pool } of random) copyRandom(pool, target, offset + at, length);
    },
  };
}

/** Bytes without form, in which nothing repeats. */
export function opaqueBodies(length: number): BodyMaker {
  const pool = randomBytes(4 * POOL_BYTES);
  const nextId = uniqueIds();
  return {
    length,
    write(target, offset) {
      copyRandom(pool, target, offset, length);
      target.write(nextId(), offset, ID_LENGTH, 'latin1');
    },
  };
}

/** Bodies of a maker, each on a line of its own: one body of NDJSON. */
export function linesOf(maker: BodyMaker, count: number): BodyMaker {
  const step = maker.length + 1;
  return {
    length: count * step,
    write(target, offset) {
      for (let i = 0; i < count; i++) {
        maker.write(target, offset + i * step);
        target[offset + i * step + maker.length] = 0x0a;
      }
    },
  };
}

const EVENT_LENGTH = 700;
const ID_LENGTH = 26;
const POOL_BYTES = 1 << 18;
const HEX = '0123456789abcdef';
/** Crockford's: no random string of it looks like an access key, which the log would refuse. */
const BASE32 = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Where an event is random: the character that holds the place, how often, and of what it becomes. */
const PLACES = [
  { mark: '#', length: 32, digits: HEX },
  { mark: '$', length: 26, digits: BASE32 },
  { mark: '&', length: 30, digits: BASE32 },
  // The last character of 43 holds four bits and two zeroes.
  { mark: '*', length: 42, digits: BASE64URL },
] as const;

function canonicalEvent(tenant: string): Buffer {
  const of = (pad: string): Buffer =>
    Buffer.from(
      canonicalJson({
        v: 'nhi.event/1',
        id: '!'.repeat(ID_LENGTH),
        kind: 'tool.invoke',
        phase: 'complete',
        tenant,
        time: { occurred: '2026-11-20T09:27:00.300Z' },
        src: { id: 'mcp-gw-1', format: 'mcp.2026-07-28' },
        actor: { type: 'ai_agent', id: 'spiffe://acme.test/agent/agent-42' },
        cred: { type: 'oauth_access_token', id: 'tok-9f3' },
        action: { name: 'tools/call', class: 'exec' },
        res: [{ type: 'ticket', id: `TCK-${pad}` }],
        tool: { name: 'create_ticket', protocol: 'mcp', call_id: '&'.repeat(30) },
        ctx: { request_id: '$'.repeat(26), trace_id: '#'.repeat(32) },
        outcome: { result: 'success' },
        sd: { '/tool/args': `${'*'.repeat(42)}A` },
      }),
    );
  return of('9'.repeat(Math.max(1, EVENT_LENGTH - of('').length)));
}

/** 26 characters: who makes them, at random, then a counter. */
function uniqueIds(): () => string {
  const maker = randomDigits(BASE32, 16).toString('latin1');
  let number = 0;
  return () => `${maker}${(number++).toString().padStart(10, '0')}`;
}

function randomDigits(digits: string, length: number): Buffer {
  const bytes = randomBytes(length);
  for (let i = 0; i < length; i++) bytes[i] = digits.charCodeAt((bytes[i] ?? 0) % digits.length);
  return bytes;
}

function copyRandom(pool: Buffer, target: Buffer, offset: number, length: number): void {
  const from = Math.floor(Math.random() * (pool.length - length));
  pool.copy(target, offset, from, from + length);
}
