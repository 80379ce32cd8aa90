import { utf8 } from '../core/bytes.ts';
import { hex } from '../core/hex.ts';
import { canonicalJson } from '../event/canonical.ts';
import { isJsonObject, type JsonObject } from '../event/strict-json.ts';
import { type AdaptedItem, type Adapter, JSON_TYPES, jsonItem } from './adapter.ts';
import { jsonItems } from './json-items.ts';
import type { IngestContext } from './mapped-event.ts';
import { mappingOf } from './mappings.ts';
import { WIRE_DEPTH_MAX } from './wire-json.ts';

/**
 * The adapter of MCP exchanges as a gateway saw them: `{id?, time?, http?, token?, decision?, request, result?}`, with
 * `request` and `result` the JSON-RPC messages of either protocol version. (spec/12-ingest.md §7)
 *
 * An exchange becomes two events: what was asked for, and what came of it, which names the first. Both have the id that
 * the gateway minted, since ids of JSON-RPC are those of a connection; without one it is made of the request.
 */
export const MCP: Adapter = {
  name: 'mcp',
  mapping: mappingOf('mcp'),
  contentTypes: JSON_TYPES,
  *read(body, _headers, context) {
    for (const bytes of jsonItems(body, context.itemsMax)) {
      const item = jsonItem(bytes);
      if (!isJsonObject(item.input))
        yield { item: { raw: bytes, input: undefined }, mapping: MCP.mapping };
      else yield* eventsOf(item.input, context);
    }
  },
};

function* eventsOf(sent: JsonObject, context: IngestContext): Generator<AdaptedItem> {
  const { result, ...exchange } = unclaimed(sent);
  const { id, ...rest } = exchange;
  const hasId = typeof id === 'string' && id !== '';
  const asked = hasId ? rest : exchange;
  const base = hasId ? id : hex(context.pseudonym('mcp', rawOf(asked)));
  const intent = `${base}:intent`;
  // Asked again and not yet answered, it is the same thing that was asked.
  yield itemOf({ ...asked, event_id: intent, phase: 'intent' });
  if (result === undefined) return;
  yield itemOf({
    ...asked,
    result,
    event_id: `${base}:complete`,
    phase: 'complete',
    parent_id: intent,
  });
}

/** Names that the two events of an exchange get here. */
const OWN_NAMES = ['event_id', 'phase', 'parent_id'];

/** An exchange whose sender uses those names says something else with them: it is kept beside. */
function unclaimed(sent: JsonObject): JsonObject {
  const claimed = OWN_NAMES.filter((name) => Object.hasOwn(sent, name));
  if (claimed.length === 0) return sent;
  const kept = Object.entries(sent).filter(([name]) => !claimed.includes(name));
  const beside = Object.entries(sent).filter(([name]) => claimed.includes(name) || name === 'sent');
  return { ...Object.fromEntries(kept), sent: Object.fromEntries(beside) };
}

function itemOf(input: JsonObject): AdaptedItem {
  return { item: { raw: rawOf(input), input }, mapping: MCP.mapping };
}

function rawOf(input: JsonObject): Uint8Array {
  return Object.keys(input).length === 0
    ? utf8('{}')
    : canonicalJson(input, { depthMax: WIRE_DEPTH_MAX + 4 });
}
