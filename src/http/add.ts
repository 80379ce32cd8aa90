import { TransparencyError } from '../core/error.ts';
import { type Answer, answerHeaders } from './answers.ts';
import type { LogExchange } from './exchange.ts';

const TEXT_HEADERS = answerHeaders('text/plain; charset=utf-8', 'posted');

/**
 * `POST /{log}/add` of an opaque log: the body is the entry, the answer its decimal index, after the commit.
 * (spec/8-http.md §2)
 *
 * No content type is asked for, as clients of other logs send none, but those that a page can send unasked are refused.
 */
export async function postEntry(exchange: LogExchange): Promise<Answer> {
  const { request, log, services, principal } = exchange;
  if (log.type !== 'opaque') {
    throw new TransparencyError('log.wrong-type', 'entries of this log are events');
  }
  const type = request.header('content-type');
  if (type !== undefined && !/^application\/octet-stream *(?:;|$)/i.test(type)) {
    throw new TransparencyError(
      'request.bad-content-type',
      'Content-Type must be application/octet-stream or absent',
    );
  }
  const body = await services.bodies.read(request, {
    bytesMax: services.limits.entryBytesMax,
    tooLarge: 'leaf.too-large',
    budget: principal.budget,
  });
  try {
    principal.countItems(1);
    const index = await log.add(body.bytes);
    services.metrics.submitted(log.name, 'added');
    return { status: 200, headers: TEXT_HEADERS, body: String(index) };
  } finally {
    body.release();
  }
}
