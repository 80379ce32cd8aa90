import { utf8 } from '../core/bytes.ts';
import { runCheck } from './fast-check.ts';
import { compileEventCheck, type Tell } from './fast-schema.ts';
import { EVENT_LIMITS } from './limits.ts';
import type { Selector } from './map.ts';

/**
 * Lookup keys as they stand in the bytes of a leaf: the first `count` of each list. One that stands twice is there
 * twice. The lists are written anew for the next leaf.
 */
export interface FoundKeys {
  readonly count: number;
  readonly selectors: readonly Selector[];
  /** Where a value begins and ends: printable ASCII without escapes, so its bytes are its text. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/**
 * The lookup keys of the leaf of an event that one pass accepts and whose `recv` is plain; null says nothing. No value
 * is made: an index reads every entry of its log, and the event as an object would be half of its work.
 * (bench/index.ts)
 */
export function fastKeys(entry: Uint8Array): FoundKeys | null {
  if (entry.length > EVENT_LIMITS.leafBytesMax) return null;
  for (let i = 0; i < HEAD.length; i++) if (entry[i] !== HEAD[i]) return null;
  found.count = 0;
  const end = runCheck(checkEvent, entry, HEAD.length);
  if (end < 0 || end - HEAD.length > EVENT_LIMITS.eventBytesMax) return null;
  return PLAIN_REST.test(latin1.decode(entry.subarray(end))) ? found : null;
}

const found = {
  count: 0,
  selectors: [] as Selector[],
  starts: [] as number[],
  ends: [] as number[],
};

/** The value of a string, under one selector or more. */
const keyOf =
  (...selectors: readonly Selector[]): Tell =>
  (at, end) => {
    for (const selector of selectors) {
      found.selectors[found.count] = selector;
      found.starts[found.count] = at + 1;
      found.ends[found.count] = end - 1;
      found.count += 1;
    }
  };

const checkEvent = compileEventCheck({
  places: {
    '/actor/id': keyOf('actor', 'principal'),
    '/actor/owner/id': keyOf('principal'),
    '/deleg/-/id': keyOf('principal'),
    '/deleg/-/token_id': keyOf('cred'),
    '/cred/id': keyOf('cred'),
    '/cred/fp': keyOf('credfp'),
    '/src/id': keyOf('source'),
    '/ctx/session_id': keyOf('session'),
    '/ctx/trace_id': keyOf('trace'),
    '/res/-/id': keyOf('res'),
    '/res/-/digest': keyOf('artifact'),
    '/artifact/digest': keyOf('artifact'),
    '/kind': keyOf('kind'),
    '/approval/by/-/id': keyOf('approver'),
  },
});

const HEAD = utf8('{"event":');
const PLAIN_REST =
  /^,"recv":\{"adapter":"[a-z0-9][a-z0-9._-]{0,63}","at":(?:0|[1-9][0-9]{0,14}),"by":(?:null|"[A-Za-z0-9._@:/-]{1,128}"),"conflict":(?:null|0|[1-9][0-9]{0,14}),"map":null,"raw":null,"salt":"[A-Za-z0-9_-]{21}[AQgw]"\},"sig":null,"v":"nhi\.leaf\/1"\}$/;
const latin1 = new TextDecoder('latin1');
