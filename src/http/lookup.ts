import { parseBase64 } from '../core/base64.ts';
import { utf8Text } from '../core/bytes.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import { parseHex } from '../core/hex.ts';
import { formatIndexAnswer, PAGE_INDICES_MAX } from '../event/index-answer.ts';
import { AUDIT_NOTE_BYTES_MAX, auditSpeaksFor, type IndexAudit } from '../event/index-audit.ts';
import { parseIndexHead } from '../event/index-leaf.ts';
import { labelOf, parseLookupKey } from '../event/map.ts';
import {
  assembleAnswer,
  type LookupIndex,
  type LookupQuestion,
  parsePostedAudit,
} from '../lookup/lookup.ts';
import { type Answer, answerHeaders } from './answers.ts';
import type { LogExchange } from './exchange.ts';
import { publishedHead } from './heads.ts';
import { integerParameter, parseInteger } from './parameters.ts';
import { type HttpRequest, queryParameter } from './request.ts';

/**
 * `GET /{log}/lookup?label=|key=[&from=][&limit=][&range=lo:hi][&head=]`: what the index says of a key, and the proof.
 * (spec/11-index.md §5)
 */
export async function getLookup(exchange: LogExchange): Promise<Answer> {
  const { request, log } = exchange;
  const question = questionOf(request);
  const reply = await indexOf(exchange).answer(question);
  const { size, note } = publishedHead(log);
  const answer = await assembleAnswer(reply, question.label, { size, note, tiles: log.tiles });
  const headers = answerHeaders('application/json', cachingOf(exchange));
  return { status: 200, headers, body: formatIndexAnswer(answer) };
}

/** `GET /{log}/audits`: the audit notes that are kept, those of the latest heads first. (spec/11-index.md §10) */
export async function getAudits(exchange: LogExchange): Promise<Answer> {
  const notes = await indexOf(exchange).audits();
  const headers = answerHeaders('application/json', cachingOf(exchange));
  return { status: 200, headers, body: JSON.stringify(notes.map(utf8Text)) };
}

/** `POST /{log}/audits`: keeps an audit note of a head that stands in the published tree. (spec/11-index.md §10) */
export async function postAudit(exchange: LogExchange): Promise<Answer> {
  const { request, services, principal } = exchange;
  if (!/^text\/plain *(?:;|$)/i.test(request.header('content-type') ?? '')) {
    throw new TransparencyError('request.bad-content-type', 'Content-Type must be text/plain');
  }
  const index = indexOf(exchange);
  const body = await services.bodies.read(request, {
    bytesMax: AUDIT_NOTE_BYTES_MAX,
    tooLarge: 'note.too-large',
    budget: principal.budget,
  });
  try {
    const note = body.bytes.slice();
    if (!(await isOfAHead(exchange, parsePostedAudit(note)))) {
      throw new TransparencyError('index-audit.malformed', 'it speaks of no head of this log');
    }
    await index.keepAudit(note, principal.name);
    const headers = answerHeaders('text/plain; charset=utf-8', 'posted');
    return { status: 200, headers, body: 'kept' };
  } finally {
    body.release();
  }
}

function indexOf({ services, log }: LogExchange): LookupIndex {
  const index = services.indexes.get(log.name);
  if (index !== undefined) return index;
  throw new TransparencyError('request.not-found', 'this log has no index');
}

function cachingOf({ services }: LogExchange): 'never' | 'private-never' {
  return services.authOff ? 'never' : 'private-never';
}

function questionOf(request: HttpRequest): LookupQuestion {
  const from = integerParameter(request, 'from');
  const limit = integerParameter(request, 'limit');
  const head = integerParameter(request, 'head');
  const range = rangeOf(queryParameter(request, 'range'));
  if (limit !== undefined && (limit < 1 || limit > PAGE_INDICES_MAX)) {
    throw badParameter(`limit: 1 to ${PAGE_INDICES_MAX}`);
  }
  if (range !== undefined && from !== undefined) throw badParameter('from and range: one of them');
  return {
    label: askedLabel(request),
    ...(from === undefined ? {} : { from }),
    ...(limit === undefined ? {} : { limit }),
    ...(range === undefined ? {} : { range }),
    ...(head === undefined ? {} : { head }),
  };
}

function askedLabel(request: HttpRequest): Uint8Array {
  const label = queryParameter(request, 'label');
  const key = queryParameter(request, 'key');
  if (label !== undefined && key !== undefined) throw badParameter('label and key: one of them');
  if (key !== undefined) return labelOf(parseLookupKey(key));
  if (label === undefined) throw badParameter('label or key: missing');
  if (!/^[0-9a-f]{64}$/.test(label)) throw badParameter('label: 64 digits of lowercase hex');
  return parseHex(label);
}

function rangeOf(text: string | undefined): { lo: number; hi: number } | undefined {
  if (text === undefined) return undefined;
  const [lo, hi, more] = text.split(':').map(parseInteger);
  if (lo === undefined || hi === undefined || more !== undefined || lo > hi) {
    throw badParameter('range: lo:hi, leaf indices from lo to below hi');
  }
  return { lo, hi };
}

/** Is the entry at the audit's leaf index the head that it speaks of? */
async function isOfAHead({ log }: LogExchange, audit: IndexAudit): Promise<boolean> {
  try {
    const { leafIndex } = audit;
    const leaf = await log.readEntry(leafIndex);
    const head = parseIndexHead(leaf);
    const tree = { size: head.size, rootHash: parseBase64(head.root) };
    const opened = { leafIndex, leaf, head, tree, trieRoot: parseBase64(head.index) };
    return head.origin === log.origin && auditSpeaksFor(audit, opened);
  } catch (error) {
    const isNone =
      isTransparencyError(error, 'entry.not-found') || isTransparencyError(error, 'leaf.malformed');
    if (isNone) return false;
    throw error;
  }
}

function badParameter(why: string): TransparencyError {
  return new TransparencyError('request.bad-parameter', why);
}
