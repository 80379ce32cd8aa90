import { utf8 } from '../src/core/bytes.ts';

/** A population of keys: each event draws one of each kind, so that all come about equally often. */
export interface KeyPopulation {
  readonly actors: number;
  readonly owners: number;
  readonly credentials: number;
  readonly sessions: number;
  readonly resources: number;
  readonly sources: number;
  readonly kinds: readonly string[];
}

/** A population of about that many lookup keys: actors count twice, as actors and as principals. */
export function populationOf(keys: number): KeyPopulation {
  const share = (part: number): number => Math.max(1, Math.floor(keys * part));
  return {
    actors: share(0.1),
    owners: share(0.0025),
    credentials: share(0.25),
    sessions: share(0.4),
    resources: share(0.145),
    sources: share(0.00025),
    kinds: ['tool.invoke', 'secret.read', 'data.access', 'api.call'],
  };
}

/** Postings of one event: actor, principal twice, cred, source, session, res, kind. */
export const POSTINGS_PER_EVENT = 8;

/** Canonical event `n`: about 600 bytes. */
export function indexBenchEvent(n: number, keys: KeyPopulation, tenant: string): string {
  const pick = (count: number, salt: number): number => hash(n, salt) % count;
  const kind = keys.kinds[hash(n, 7) % keys.kinds.length];
  const minute = String(n % 60).padStart(2, '0');
  return (
    `{"action":{"class":"exec","name":"tools/call"},"actor":{"id":"spiffe://acme.test/agent/${pick(keys.actors, 1)}",` +
    `"instance":"conv_${n}","owner":{"id":"team-${pick(keys.owners, 2)}","type":"team"},"type":"ai_agent","version":"1.4.2"},` +
    `"cred":{"binding":"dpop","id":"tok-${pick(keys.credentials, 3)}","scopes":["ticket:create"],"type":"oauth_access_token"},` +
    `"ctx":{"request_id":"r-${n}","session_id":"s-${pick(keys.sessions, 4)}"},"id":"e-${n}","kind":"${kind}",` +
    `"outcome":{"result":"success"},"phase":"complete","res":[{"id":"TCK-${pick(keys.resources, 5)}","type":"ticket"}],` +
    `"src":{"format":"mcp.2026-07-28","id":"gw-${pick(keys.sources, 6)}"},"tenant":"${tenant}",` +
    `"time":{"occurred":"2026-11-20T09:${minute}:00.300Z"},"v":"nhi.event/1"}`
  );
}

/** Canonical leaf of event `n`: about 800 bytes. */
export function indexBenchLeaf(n: number, keys: KeyPopulation): Uint8Array {
  return utf8(
    `{"event":${indexBenchEvent(n, keys, 'acme')},"recv":{"adapter":"native","at":1795166821000,"by":null,"conflict":null,` +
      `"map":null,"raw":null,"salt":"AAECAwQFBgcICQoLDA0ODw"},"sig":null,"v":"nhi.leaf/1"}`,
  );
}

/** A number that follows from both, evenly. */
function hash(n: number, salt: number): number {
  let x = Math.imul(n ^ (salt * 0x85ebca6b), 0x9e3779b1);
  x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d);
  x = Math.imul(x ^ (x >>> 12), 0x297a2d39);
  return (x ^ (x >>> 15)) >>> 0;
}
