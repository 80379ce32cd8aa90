const RECV = ',"recv":{"adapter":"';
/** Bytes behind which no `recv` begins: it and the signature behind it are shorter. */
const TAIL = 2_048;
const BY = /^,"recv":\{"adapter":"[^"]*","at":[0-9]+,"by":"([^"\\]*)"/;
const latin1 = new TextDecoder('latin1');

/**
 * Name of the token that submitted the event of a leaf, from the end of its bytes; null if none was shown, or if the bytes
 * are no leaf of an event. The name of a token is plain ASCII (spec/8-http.md §9). It is for counting, not for trust.
 */
export function submitterOf(entry: Uint8Array): string | null {
  const end = latin1.decode(entry.subarray(Math.max(0, entry.length - TAIL)));
  // Behind the event, in whose strings every quote is escaped: the last one is the leaf's own.
  const at = end.lastIndexOf(RECV);
  return at < 0 ? null : (BY.exec(end.slice(at))?.[1] ?? null);
}
