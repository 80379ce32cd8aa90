import { parseBase64 } from '../core/base64.ts';
import { equalBytes, utf8 } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import { formatForkHead } from '../core/fork-head.ts';
import {
  FORK_PROOF_BYTES_MAX,
  FORK_PROOF_HEADER,
  parseForkProof,
} from '../core/fork-proof-file.ts';
import { parseTreeHeadSignature, treeHeadInput } from '../core/tree-head.ts';
import { parseStrictJson } from '../event/strict-json.ts';
import { type Answer, answerHeaders } from './answers.ts';
import type { LogExchange } from './exchange.ts';

/**
 * `POST /{log}/evidence`: somebody who operates the log, or monitors it, shows a head that it is said to have signed.
 * If the log's key did and the tree does not contain it, the log halts. (forks.md EVIDENCE, spec/8-http.md §13)
 *
 * `text/plain`: a signed note, the line of a tree head, or a fork proof (part 7 §5); `application/json`: the answer of
 * `get-sth`.
 *
 * @throws {TransparencyError} request.bad-content-type; fork-proof.malformed, tree-head.malformed, json.*;
 *   note.not-signed; log.halted
 */
export async function postEvidence(exchange: LogExchange): Promise<Answer> {
  const { request, log, services, principal } = exchange;
  const type = request.header('content-type') ?? '';
  const isJson = /^application\/json *(?:;|$)/i.test(type);
  if (!isJson && !/^text\/plain *(?:;|$)/i.test(type)) {
    throw new TransparencyError(
      'request.bad-content-type',
      'Content-Type must be text/plain or application/json',
    );
  }
  const { budget } = principal;
  const body = await services.bodies.read(request, { bytesMax: FORK_PROOF_BYTES_MAX, budget });
  try {
    const heads = isJson ? [treeHeadOf(body.bytes)] : headsOf(body.bytes);
    const verdict = await verdictOf(exchange, heads);
    services.logger.warn({ log: log.name, by: principal.name, verdict }, 'a head was posted');
    const headers = answerHeaders('application/json', 'posted');
    return { status: 200, headers, body: JSON.stringify({ verdict }) };
  } finally {
    body.release();
  }
}

/** One head, or the two of a fork proof: of these one at least is not of the tree. */
function headsOf(bytes: Uint8Array): readonly Uint8Array[] {
  const header = utf8(`${FORK_PROOF_HEADER}\n`);
  if (!equalBytes(bytes.subarray(0, header.length), header)) return [bytes.slice()];
  const { first, second } = parseForkProof(bytes);
  return [formatForkHead(first), formatForkHead(second)];
}

/** What `get-sth` answers. (RFC 6962 §4.3) */
function treeHeadOf(bytes: Uint8Array): Uint8Array {
  const sth = parseStrictJson(bytes);
  const member = (name: string): unknown =>
    typeof sth === 'object' && sth !== null ? Reflect.get(sth, name) : undefined;
  const head = {
    size: Number(member('tree_size') ?? Number.NaN),
    timeMs: Number(member('timestamp') ?? Number.NaN),
    rootHash: parseBase64(String(member('sha256_root_hash'))),
  };
  const signature = parseTreeHeadSignature(parseBase64(String(member('tree_head_signature'))));
  // Refuses what is none, as it is about to be written and read again.
  treeHeadInput(head);
  return formatForkHead({ face: 'tree-head', head, signature });
}

async function verdictOf(
  { log }: LogExchange,
  heads: readonly Uint8Array[],
): Promise<'evidence' | 'contained'> {
  for (const head of heads) {
    const verdict = await log.reportSeen(head);
    if (verdict === 'evidence') return verdict;
    if (verdict === 'not-signed') {
      throw new TransparencyError('note.not-signed', 'no key of this log signed what was shown');
    }
    if (verdict === 'not-checked') {
      throw new TransparencyError('log.halted', 'the log has halted, and looks at nothing more');
    }
  }
  return 'contained';
}
