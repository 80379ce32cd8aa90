import { utf8 } from '../core/bytes.ts';

/** A source's signature over an event. The log keeps it and does not vouch for it. (spec/4-leaf.md §4) */
export interface EventSignature {
  readonly alg: 'ed25519' | 'es256';
  /** Name of the key, 1 to 128 characters. */
  readonly kid: string;
  /** Padded base64 of 64 bytes: R ‖ S (ed25519), r ‖ s (es256). */
  readonly value: string;
}

/** What a source signs: "nhi.sig/1\n" ‖ the event digest as 64 lowercase hex characters. */
export function signatureInput(eventDigest: string): Uint8Array {
  return utf8(`nhi.sig/1\n${eventDigest}`);
}
