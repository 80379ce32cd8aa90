import fc from 'fast-check';
import { expect, it } from 'vitest';
import { base64, base64url } from '../../src/core/base64.ts';
import { utf8Text } from '../../src/core/bytes.ts';
import { hex } from '../../src/core/hex.ts';
import { formatReceipt, type Receipt } from '../../src/event/receipt.ts';
import { receiptText } from '../../src/http/receipt-text.ts';

const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length });

const receipt: fc.Arbitrary<Receipt> = fc.record({
  index: fc.maxSafeNat(),
  leafHash: bytes(32).map(base64),
  recv: fc.record({
    adapter: fc.constantFrom('native', 'otlp-logs'),
    at: fc.maxSafeNat(),
    by: fc.option(fc.constantFrom('ci', 'gateway-7', 'a"b\\ü')),
    conflict: fc.option(fc.maxSafeNat()),
    map: fc.option(
      fc.record({ id: fc.constantFrom('a', 'nhi.map/1', 'k8s-audit'), sha256: bytes(32).map(hex) }),
    ),
    raw: fc.option(bytes(32).map(base64url)),
    salt: bytes(16).map(base64url),
  }),
  duplicate: fc.boolean(),
});

it('writes a receipt as its canonical form', () => {
  fc.assert(
    fc.property(receipt, (r) => {
      expect(receiptText(r)).toBe(utf8Text(formatReceipt(r)));
    }),
  );
});
