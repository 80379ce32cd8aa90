import type { EventSignature } from '../../src/event/event-signature.ts';
import type { Recv } from '../../src/event/leaf.ts';

/** What goes into the leaf of the event of a name. */
export interface LeafCase {
  readonly name: string;
  /** Name of the event among the valid ones. */
  readonly event: string;
  readonly recv: Recv;
  readonly sig: EventSignature | null;
}

const RECV: Recv = {
  adapter: 'native',
  at: 1_795_166_820_417,
  by: null,
  conflict: null,
  map: null,
  raw: null,
  salt: 'AAECAwQFBgcICQoLDA0ODw',
};

/** Leaves of events, one thing new in each. */
export function leafCases(signature: EventSignature): readonly LeafCase[] {
  const plain = { event: 'tool.invoke', recv: RECV, sig: null };
  return [
    { name: 'a native event, auth off', ...plain },
    { name: 'signed', ...plain, sig: signature },
    { name: 'by a token', ...plain, recv: { ...RECV, by: 'gateway-7' } },
    {
      name: 'by a token whose name needs quoting',
      ...plain,
      recv: { ...RECV, by: 'a"b\\c \u00e9\u{1f600}' },
    },
    { name: 'a conflict', ...plain, recv: { ...RECV, conflict: 4711 } },
    { name: 'a conflict with entry 0', ...plain, recv: { ...RECV, conflict: 0 } },
    {
      name: 'by an adapter, with its mapping and a commitment to what it read',
      event: 'secret.read',
      recv: {
        ...RECV,
        adapter: 'vault.audit',
        map: { id: 'vault.audit/1', sha256: 'ab'.repeat(32) },
        raw: 'OTUxZGFjMTZjYzJjZTFkMGYxNzBmNWJiNTFmZGZkZTI',
      },
      sig: null,
    },
    { name: 'time 0', ...plain, recv: { ...RECV, at: 0 } },
    {
      name: 'the last time',
      ...plain,
      recv: { ...RECV, at: Number.MAX_SAFE_INTEGER, salt: '_____________________w' },
    },
    { name: 'every kind of character', event: 'text of many kinds', recv: RECV, sig: null },
    { name: 'the least event', event: 'the least', recv: RECV, sig: null },
    { name: 'a heartbeat', event: 'source.heartbeat', recv: RECV, sig: null },
  ];
}

/** Texts that are no leaf, each for one reason; `LEAF` stands for the text of a good one. */
export function invalidLeafTexts(
  leaf: string,
): readonly (readonly [name: string, text: string, code: string])[] {
  const cases: (readonly [string, string, string])[] = [];
  const add = (name: string, from: string | RegExp, to: string): void => {
    const text = leaf.replace(from, to);
    if (text === leaf) throw new Error(`${name}: nothing replaced`);
    cases.push([name, text, 'leaf.malformed']);
  };
  add('an unknown version', '"v":"nhi.leaf/1"}', '"v":"nhi.leaf/2"}');
  add('no version', ',"v":"nhi.leaf/1"}', '}');
  add('another member', '"v":"nhi.leaf/1"}', '"v":"nhi.leaf/1","w":1}');
  add('space at its end', /$/, '\n');
  add('space inside', '"recv":', '"recv": ');
  add('members in another order', '{"event":', '{"v":"nhi.leaf/1","event":');
  add('an escape that need not be', '"adapter":"native"', '"adapter":"\\u006eative"');
  add('recv without salt', /,"salt":"[^"]*"/, '');
  add('recv without conflict', '"conflict":null,', '');
  add('recv with another member', '"by":null', '"bz":null,"by":null');
  add('a salt of 15 bytes', /"salt":"[^"]*"/, '"salt":"AAECAwQFBgcICQoLDA0O"');
  add('a salt with bits behind its last byte', /"salt":"[^"]*"/, '"salt":"AAECAwQFBgcICQoLDA0ODx"');
  add('a salt in padded base64', /"salt":"[^"]*"/, '"salt":"AAECAwQFBgcICQoLDA0ODw=="');
  add('a time below zero', /"at":[0-9]+/, '"at":-1');
  add('a time as text', /"at":[0-9]+/, '"at":"0"');
  add('a conflict below zero', '"conflict":null', '"conflict":-1');
  add('a map without digest', '"map":null', '"map":{"id":"x"}');
  add('a map digest in capitals', '"map":null', `"map":{"id":"x","sha256":"${'AB'.repeat(32)}"}`);
  add('a raw commitment in hex', '"raw":null', `"raw":"${'ab'.repeat(32)}"`);
  add('an adapter in capitals', '"adapter":"native"', '"adapter":"Native"');
  add('a submitter without name', '"by":null', '"by":""');
  add(
    'a signature of another algorithm',
    '"sig":null',
    `"sig":{"alg":"rs256","kid":"k","value":"${'A'.repeat(86)}=="}`,
  );
  add(
    'a signature of 63 bytes',
    '"sig":null',
    `"sig":{"alg":"ed25519","kid":"k","value":"${'A'.repeat(84)}"}`,
  );
  add(
    'a signature without key id',
    '"sig":null',
    `"sig":{"alg":"ed25519","value":"${'A'.repeat(86)}=="}`,
  );
  add('an event that is none', '"phase":"complete"', '"phase":"done"');
  add('an event with an unknown member', '"event":{', '"event":{"_x":1,');
  add('an event with a fraction', '"err_ms":12', '"err_ms":12.5');
  cases.push(['nothing', '', 'leaf.malformed']);
  cases.push(['no object', '"nhi.leaf/1"', 'leaf.malformed']);
  cases.push([
    'a bare event',
    leaf.slice('{"event":'.length, leaf.indexOf(',"recv":')),
    'leaf.malformed',
  ]);
  cases.push(['a genesis that says nothing', '{"v":"nhi.genesis/1"}', 'genesis.malformed']);
  cases.push(['a statement of the log that says nothing', '{"v":"nhi.log/1"}', 'leaf.malformed']);
  cases.push(['an index head that says nothing', '{"v":"nhi.index/1"}', 'leaf.malformed']);
  return cases;
}
