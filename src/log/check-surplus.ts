import { compareBytes, concat } from '../core/bytes.ts';
import { hex } from '../core/hex.ts';
import { lie } from './check-lie.ts';
import type { LogType } from './contract.ts';
import type { Store } from './ports.ts';
import {
  HEAD_KEY,
  keysOf,
  META_KEY,
  PUBLISHED_KEY,
  RESTORED_KEY,
  SCRUBBED_KEY,
  tallyKey,
} from './rows.ts';

/** Finds rows that no run of this program writes. @throws {TransparencyError} audit.mismatch with the key */
export async function checkNothingElse(store: Store, type: LogType): Promise<void> {
  const only = (key: Uint8Array): Span => ({ from: key, to: concat(key, Uint8Array.of(0)) });
  const spans: Span[] = [
    ...['B', 'C', 'E', 'F', 'S', 'T'].map(keysOf),
    ...[HEAD_KEY, META_KEY, PUBLISHED_KEY, RESTORED_KEY, SCRUBBED_KEY, tallyKey('S')].map(only),
    ...(type === 'opaque'
      ? []
      : [...['I', 'J', 'K', 'L', 'O', 'X'].map(keysOf), only(tallyKey('I'))]),
    { from: AFTER_ALL, to: AFTER_ALL },
  ];
  spans.sort((a, b) => compareBytes(a.from, b.from));
  let from = new Uint8Array(0);
  for (const span of spans) {
    const [row] = await store.scan({ from, to: span.from, limit: 1 });
    if (row !== undefined) lie(`a row is there that is none of a log: key ${hex(row.key)}`);
    from = new Uint8Array(span.to);
  }
}

interface Span {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

const AFTER_ALL = new Uint8Array(64).fill(255);
