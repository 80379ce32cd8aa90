import { CLOUDEVENTS, cloudEventsMode } from '../ingest/ingest.ts';
import { type Answer, answerHeaders } from './answers.ts';
import type { LogExchange } from './exchange.ts';
import { ingestBody } from './ingest.ts';
import type { Admitted } from './ingest-slices.ts';
import { receiptText } from './receipt-text.ts';
import type { HttpRequest } from './request.ts';

const JSON_HEADERS = answerHeaders('application/json', 'posted');

/** True for a request whose header says that its body is CloudEvents, in one of their three modes. */
export function holdsCloudEvents(request: HttpRequest): boolean {
  return cloudEventsMode({ get: (name) => request.header(name) }) !== null;
}

/**
 * CloudEvents on `POST /{log}/events`: the receipt of one event, an array of receipts for a batch. 201 something was
 * appended, 200 all of it was there before; another content of an event's id is appended too. (spec/12-ingest.md §6)
 */
export async function postCloudEvents(exchange: LogExchange): Promise<Answer> {
  const mode = cloudEventsMode({ get: (name) => exchange.request.header(name) });
  // In binary mode the body has the event's own type, which may be one that a page can send; `ce-` fields it cannot.
  const receipts: string[] = [];
  const see = ({ receipt }: Admitted): void => {
    receipts.push(receiptText(receipt));
  };
  const bytesMax = exchange.services.limits.jsonBodyBytesMax;
  const { appended, conflicts } = await ingestBody(exchange, CLOUDEVENTS, { bytesMax, see });
  const status = appended + conflicts > 0 ? 201 : 200;
  const body = mode === 'batch' ? `[${receipts.join(',')}]` : (receipts[0] ?? '');
  return { status, headers: JSON_HEADERS, body };
}
