import { concat, utf8 } from '../core/bytes.ts';
import { samenessMac } from '../event/sameness.ts';

/** Label and content → 16 bytes that stand for the content. */
export type Pseudonym = (label: string, content: Uint8Array) => Uint8Array;

/**
 * Pseudonyms under the log's secret: the first 16 bytes of HMAC-SHA256 over "nhi.pseudonym/1\n" ‖ label ‖ "\n" ‖
 * content. The same content gives the same one, and who has not the secret cannot tell by trying which content it was.
 * (spec/12-ingest.md §4)
 */
export function createPseudonym(samenessSecret: Uint8Array): Pseudonym {
  const mac = samenessMac(samenessSecret);
  return (label, content) => mac(concat(utf8(`nhi.pseudonym/1\n${label}\n`), content));
}
