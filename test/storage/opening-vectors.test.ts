import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { utf8, utf8Text } from '../../src/core/bytes.ts';
import { hex, parseHex } from '../../src/core/hex.ts';
import { disclosureDigest, rawCommitment } from '../../src/event/disclosure.ts';
import { formatSealedRow, openingContext, parseOpeningRow } from '../../src/log/opening-row.ts';
import { openingKey } from '../../src/log/rows.ts';
import { memoryKeyFile } from '../../src/storage/key-file.ts';
import { formatOpeningKeys } from '../../src/storage/opening-key-list.ts';
import { openOpeningKeys } from '../../src/storage/opening-keys.ts';

/** One row of `spec/vectors/privacy-rows.json`, made by another program; bytes are hex. */
interface RowVector {
  readonly name: string;
  readonly origin: string;
  readonly leafIndex: number;
  readonly ordinal: number;
  readonly pointer: string;
  readonly opening: string;
  readonly keyId: string;
  readonly key: string;
  readonly nonce: string;
  readonly context: string;
  readonly rowKey: string;
  readonly row: string;
  readonly commitment: string;
}

const file = new URL('../../spec/vectors/privacy-rows.json', import.meta.url);
const VECTORS: readonly RowVector[] = JSON.parse(readFileSync(file, 'utf8'));

describe('vectors of rows of openings', () => {
  it.each(VECTORS)('$name', async (vector) => {
    const { leafIndex, ordinal, keyId, origin, pointer } = vector;
    expect(hex(openingKey(leafIndex, ordinal))).toBe(vector.rowKey);
    const context = openingContext({ origin, leafIndex, pointer });
    expect(utf8Text(context)).toBe(vector.context);
    const keys = memoryKeyFile();
    const owner = { source: 'ci', month: '2026-11', firstIndex: 0 };
    await keys.replace(formatOpeningKeys([{ ...owner, id: keyId, bytes: parseHex(vector.key) }]));
    const opening = parseHex(vector.opening);
    const read = await openOpeningKeys(keys, () => parseHex(vector.nonce));
    const row = parseOpeningRow(parseHex(vector.row));
    if (row.kind !== 'sealed') throw new Error('not sealed');
    expect(row.keyId).toBe(keyId);
    expect(read.open(keyId, context, row.sealed)).toEqual(opening);
    expect(hex(formatSealedRow(keyId, read.seal(keyId, context, opening)))).toBe(vector.row);
    expect(() => read.open(keyId, utf8(`${vector.context}x`), row.sealed)).toThrow('store.corrupt');
    const commitment =
      pointer === 'raw'
        ? rawCommitment({ salt: opening.subarray(0, 16), raw: opening.subarray(16) })
        : disclosureDigest(utf8Text(opening));
    expect(commitment).toBe(vector.commitment);
  });
});
