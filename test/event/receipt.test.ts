import { describe, expect, it } from 'vitest';
import { parseEvent } from '../../src/event/event.ts';
import type { EventSignature } from '../../src/event/event-signature.ts';
import {
  checkReceipt,
  formatReceipt,
  parseReceipt,
  type Receipt,
} from '../../src/event/receipt.ts';
import { type JsonValue, parseStrictJson } from '../../src/event/strict-json.ts';
import { bytesOf, readVectors, refusalOf, textOf } from './vectors.ts';

interface ReceiptVector {
  readonly name: string;
  readonly event: JsonValue;
  readonly sig: EventSignature | null;
  readonly receipt: string;
}

const vectors = readVectors<readonly ReceiptVector[]>('leaf-receipts');

describe('a receipt', () => {
  for (const { name, event, sig, receipt: text } of vectors) {
    it(`is read, written and speaks of what was sent: ${name}`, () => {
      const receipt = parseReceipt(bytesOf(text));
      expect(textOf(formatReceipt(receipt))).toBe(text);
      expect(parseReceipt(parseStrictJson(bytesOf(text)))).toEqual(receipt);
      const submission = { event: parseEvent(event), sig };
      checkReceipt(receipt, submission);

      const { recv } = receipt;
      const lies: readonly Receipt[] = [
        { ...receipt, leafHash: '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' },
        { ...receipt, recv: { ...recv, at: recv.at + 1 } },
        { ...receipt, recv: { ...recv, salt: 'BAECAwQFBgcICQoLDA0ODw' } },
        { ...receipt, recv: { ...recv, conflict: recv.conflict === null ? 0 : null } },
      ];
      for (const lie of lies) {
        expect(refusalOf(() => checkReceipt(lie, submission))?.code).toBe('receipt.mismatch');
      }
      const other: EventSignature = { alg: 'ed25519', kid: 'k', value: `${'B'.repeat(85)}A==` };
      const another = { event: submission.event, sig: other };
      expect(refusalOf(() => checkReceipt(receipt, another))?.code).toBe('receipt.mismatch');
    });
  }

  it('is refused in any other form', () => {
    const text = vectors[0]?.receipt ?? '';
    const bad = [
      '',
      'null',
      ` ${text}`,
      text.replace('"duplicate":false,', ''),
      text.replace('"duplicate":false', '"duplicate":0'),
      text.replace('"index":0', '"index":-1'),
      text.replace('"index":0', '"index":0.5'),
      text.replace('"index":0', '"index":0,"indices":0'),
      text.replace(/"leafHash":"[^"]*"/, '"leafHash":"AA=="'),
      text.replace('"adapter":"native",', ''),
    ];
    for (const other of bad) {
      expect([other, refusalOf(() => parseReceipt(bytesOf(other)))?.code]).toEqual([
        other,
        'receipt.malformed',
      ]);
    }
    expect(refusalOf(() => parseReceipt({ index: 1 }))?.code).toBe('receipt.malformed');
  });
});
