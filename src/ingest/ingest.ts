export type { Adapter, WireHeaders } from './adapter.ts';
export { ADAPTERS } from './adapters.ts';
export { CLOUDEVENTS, cloudEventsMode } from './cloudevents.ts';
export { judgeDigestSignature } from './cloudtrail-digest.ts';
export { createSalts } from './commitment.ts';
export type { IngestContext } from './mapped-event.ts';
export { OTLP_LOGS, OTLP_TRACES, PROTOBUF_TYPE } from './otlp.ts';
export { formatRpcStatus } from './otlp-status.ts';
export { digestKeyOf, type IngestTrust, NO_TRUST, type SigningKey, signingKeyOf } from './trust.ts';

import type { MappedItem } from '../event/mapped-item.ts';
import type { Adapter, WireHeaders } from './adapter.ts';
import { type IngestContext, mappedEvent } from './mapped-event.ts';

/**
 * The events of a body, one after the other and none before it is asked for. (spec/12-ingest.md §1)
 *
 * Only a body that cannot be taken apart is refused, before anything of it is given out. No item is: what cannot be read
 * is `unmapped`.
 *
 * @throws {TransparencyError} json.*, bytes.*, ingest.*, submission.empty
 */
export function* ingest(
  adapter: Adapter,
  sent: { readonly body: Uint8Array; readonly headers: WireHeaders },
  context: IngestContext,
): Generator<MappedItem> {
  for (const { item, mapping } of adapter.read(sent.body, sent.headers, context)) {
    yield mappedEvent(item, mapping, context);
  }
}
