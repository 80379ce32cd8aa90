import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex, parseHex } from '../../src/core/hex.ts';
import { parseEvent } from '../../src/event/event.ts';
import { idempotencyKey, samenessMac } from '../../src/event/sameness.ts';
import type { JsonValue } from '../../src/event/strict-json.ts';
import { readVectors } from './vectors.ts';

describe('sameness', () => {
  it('is told by the MACs of the vectors', () => {
    for (const { event, secret, mac } of readVectors<
      readonly { event: JsonValue; secret: string; mac: string }[]
    >('event-sameness')) {
      expect(hex(samenessMac(parseHex(secret))(parseEvent(event).canonical))).toBe(mac);
    }
  });

  it('is told by HMAC-SHA256, contents of any length, one after another', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 16, maxLength: 64 }),
        fc.array(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.constant(new Uint8Array(70_000))), {
          minLength: 1,
          maxLength: 4,
        }),
        (secret, contents) => {
          const mac = samenessMac(secret);
          for (const content of contents) {
            const expected = createHmac('sha256', secret)
              .update(content)
              .digest('hex')
              .slice(0, 32);
            expect(hex(mac(content))).toBe(expected);
          }
        },
      ),
    );
  });

  it('asks under a key of source and id that no other pair has', () => {
    const expected = createHash('sha256')
      .update('nhi.id/1\nmcp-gw-1\ne-1')
      .digest('hex')
      .slice(0, 40);
    expect(hex(idempotencyKey('mcp-gw-1', 'e-1'))).toBe(expected);
    expect(idempotencyKey('a', 'bc')).not.toEqual(idempotencyKey('ab', 'c'));
  });

  it('needs a secret that is one', () => {
    expect(() => samenessMac(new Uint8Array(15))).toThrow('bug');
    expect(() => samenessMac(new Uint8Array(65))).toThrow('bug');
  });
});
