import { utf8, utf8Text } from '../../src/core/bytes.ts';
import { disclosureDigest, formatDisclosure } from '../../src/event/disclosure.ts';
import type { JsonValue } from '../../src/event/strict-json.ts';
import { testEvent } from './test-log.ts';

/** What a source withholds, by pointer. */
export type Withheld = Readonly<Record<string, JsonValue>>;

/** A submission item whose event withholds some values, with their openings. */
export interface OpenItem {
  readonly bytes: Uint8Array;
  /** Texts of disclosures, in the order of the values. */
  readonly disclosures: readonly string[];
}

/** An item with openings. `leaveOut` lists pointers whose openings do not go with it. */
export function openItem(
  id: string,
  withheld: Withheld,
  options: { readonly source?: string; readonly leaveOut?: readonly string[] } = {},
): OpenItem {
  const { source = 'test-source', leaveOut = [] } = options;
  const texts = Object.entries(withheld).map(([pointer, value], i) => {
    const salt = new Uint8Array(16).fill(i + 1);
    for (const [at, byte] of utf8(id).entries()) salt[at % 15] = (salt[at % 15] ?? 0) ^ byte;
    return { pointer, text: formatDisclosure({ salt, pointer, value }) };
  });
  const sd = Object.fromEntries(
    texts.map(({ pointer, text }) => [pointer, disclosureDigest(text)]),
  );
  const event = { ...JSON.parse(utf8Text(testEvent(id, 'x', source))), sd };
  const disclosures = texts
    .filter(({ pointer }) => !leaveOut.includes(pointer))
    .map(({ text }) => text);
  return { bytes: utf8(JSON.stringify({ event, disclosures })), disclosures };
}
