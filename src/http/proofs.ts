import { proofTextsOf } from '../core/proof-file.ts';
import { proveInclusion } from '../core/prover.ts';
import type { Log, SignedHead } from '../log/log.ts';

/** An entry, and bytes that go along with its proof. */
export interface ProvenAlong {
  readonly log: Pick<Log, 'tiles'>;
  /** Below the size of the head. */
  readonly leafIndex: number;
  /** Content of the line that nobody signed; default: there is no such line. */
  readonly extra?: Uint8Array;
}

/** One formatter for each head: many proofs are made under one, and its note is read once. */
const formatters = new WeakMap<SignedHead, ReturnType<typeof proofTextsOf>>();

/** The text of the proof file of an entry under a head. (tlog-proof, spec/7-proof-file.md) */
export async function proofUnder(
  head: SignedHead,
  { log, leafIndex, extra }: ProvenAlong,
): Promise<string> {
  let format = formatters.get(head);
  if (format === undefined) {
    format = proofTextsOf(head.note);
    formatters.set(head, format);
  }
  const path = await proveInclusion(log.tiles, { leafIndex, treeSize: head.size });
  return format({ leafIndex, path, ...(extra === undefined ? {} : { extra }) });
}
