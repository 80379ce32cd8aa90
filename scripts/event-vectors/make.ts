/**
 * Makes spec/vectors/{event,leaf}-*.json: `npm run generate:vectors`. What stands in them is frozen: a change of a byte
 * is a change of the format. test/foreign/leaf makes every output a second time from the inputs, with code of its own.
 */
import { createHash, createHmac, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { base64 } from '../../src/core/base64.ts';
import { utf8Text } from '../../src/core/bytes.ts';
import { leafHash } from '../../src/core/hash.ts';
import { hex } from '../../src/core/hex.ts';
import { disclosureDigest, formatDisclosure, rawCommitment } from '../../src/event/disclosure.ts';
import { eventDigest, parseEvent } from '../../src/event/event.ts';
import { signatureInput } from '../../src/event/event-signature.ts';
import { formatGenesis, type Genesis } from '../../src/event/genesis.ts';
import { formatIndexHead, type IndexHead } from '../../src/event/index-leaf.ts';
import { formatLeaf } from '../../src/event/leaf.ts';
import { formatLogLeaf, type LogLeaf } from '../../src/event/log-leaf.ts';
import { formatReceipt } from '../../src/event/receipt.ts';
import { idempotencyKey, samenessMac } from '../../src/event/sameness.ts';
import type { JsonValue } from '../../src/event/strict-json.ts';
import { byteCases } from './byte-cases.ts';
import { invalidEvents } from './invalid-events.ts';
import { invalidLeafTexts, leafCases } from './leaf-cases.ts';
import { validEvents } from './valid-events.ts';

const VECTORS = fileURLToPath(new URL('../../spec/vectors/', import.meta.url));

function write(name: string, vectors: unknown): void {
  writeFileSync(`${VECTORS}${name}.json`, `${JSON.stringify(vectors, null, 1)}\n`);
}

const events = validEvents(JSON.parse(readFileSync(`${VECTORS}event-samples.json`, 'utf8')));

const valid = Object.entries(events).map(([name, event]) => {
  const { canonical, id, sourceId } = parseEvent(event);
  return {
    name,
    event,
    canonical: utf8Text(canonical),
    digest: eventDigest(canonical),
    idempotencyKey: hex(idempotencyKey(sourceId, id)),
  };
});
write('event-valid', valid);

const named = (name: string): JsonValue => {
  const event = events[name];
  if (event === undefined) throw new Error(`no event ${name}`);
  return event;
};
write('event-invalid', invalidEvents(named('tool.invoke'), named('source.heartbeat')));
write(
  'event-bytes',
  byteCases().map(({ name, bytes, expect }) => ({ name, hex: hex(bytes), ...expect })),
);

const secret = new Uint8Array(32).map((_, i) => i);
const longSecret = new Uint8Array(64).map((_, i) => 255 - i);
write(
  'event-sameness',
  [secret, longSecret].flatMap((key) =>
    valid.slice(0, 3).map(({ name, event, canonical }) => ({
      name,
      event,
      secret: hex(key),
      mac: hex(samenessMac(key)(new TextEncoder().encode(canonical))),
    })),
  ),
);

const salt = new Uint8Array(16).map((_, i) => i);
const openings = [
  { pointer: '/ctx/ip', value: '10.42.0.17' },
  { pointer: '/tool/args', value: { title: 'Refund #4411', customer: 'alice@example.com' } },
  { pointer: '/rest', value: null },
  { pointer: '/a~1b/~0', value: ['\u00e9', -1, true, { b: [], a: {} }] },
];
write(
  'event-disclosures',
  openings.map((opening) => {
    const disclosure = formatDisclosure({ salt, ...opening });
    return { salt: hex(salt), ...opening, disclosure, digest: disclosureDigest(disclosure) };
  }),
);
write(
  'event-raw-commitments',
  ['', 'CEF:0|x', '\u{1f600}'].map((text) => {
    const raw = new TextEncoder().encode(text);
    return { salt: hex(salt), raw: hex(raw), commitment: rawCommitment({ salt, raw }) };
  }),
);

// A key of the vectors alone: the seed is the SHA-256 of a word that everybody can read here.
const seed = createHash('sha256').update('varve event vector key').digest();
const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
const toolDigest = valid.find(({ name }) => name === 'tool.invoke')?.digest ?? '';
const signature = {
  alg: 'ed25519',
  kid: 'gw-2026',
  value: sign(null, signatureInput(toolDigest), privateKey).toString('base64'),
} as const;

const leaves = leafCases(signature).map((inputs) => {
  const { canonical } = parseEvent(named(inputs.event));
  const leaf = formatLeaf({ eventCanonical: canonical, recv: inputs.recv, sig: inputs.sig });
  return {
    name: inputs.name,
    event: named(inputs.event),
    recv: inputs.recv,
    sig: inputs.sig,
    signatureInput: utf8Text(signatureInput(eventDigest(canonical))),
    leaf: utf8Text(leaf),
    leafHash: base64(leafHash(leaf)),
  };
});
write('leaf-event', { publicKey: spki.toString('base64'), leaves });

const root = createHash('sha256').update('').digest('base64');
const genesis: Genesis = {
  v: 'nhi.genesis/1',
  origin: 'localhost:6962/main',
  tenant: 'main',
  type: 'events',
  keys: {
    ed25519: `localhost:6962/main+0a1b2c3d+${Buffer.from([1, ...secret]).toString('base64')}`,
    p256: Buffer.concat([
      Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex'),
      Buffer.from(longSecret),
    ]).toString('base64'),
  },
  map: 'nhi.map/1',
  predecessor: null,
  time: 1_795_166_800_000,
};
const statement: LogLeaf = {
  v: 'nhi.log/1',
  type: 'refused',
  at: 1_795_166_820_500,
  salt: 'AAECAwQFBgcICQoLDA0ODw',
  body: { source: 'mcp-gw-1', id: '01JD5T9Z6S0000000000000009', code: 'event.secret', untold: 2 },
};
const indexHead: IndexHead = {
  v: 'nhi.index/1',
  origin: 'localhost:6962/main',
  map: 'nhi.map/1',
  size: 4_096,
  root,
  index: root,
  keys: 77,
  postings: 9_001,
  prev: null,
};
const others: readonly (readonly [string, Genesis | LogLeaf | IndexHead, Uint8Array])[] = [
  ['a genesis', genesis, formatGenesis(genesis)],
  ...[
    {
      ...genesis,
      predecessor: {
        origin: 'localhost:6962/old',
        size: 700,
        root,
        note: `localhost:6962/old\n700\n${root}\n\n\u2014 localhost:6962/old AAAA\n`,
        evidence: [root],
        reason: 'its key was stolen',
      },
    } satisfies Genesis,
  ].map((after) => ['a genesis that succeeds a log', after, formatGenesis(after)] as const),
  ['a refusal', statement, formatLogLeaf(statement)],
  ...[
    { ...statement, type: 'finding', body: { rule: 'gap', subject: 'mcp-gw-1' } } satisfies LogLeaf,
  ].map((finding) => ['a finding', finding, formatLogLeaf(finding)] as const),
  ['an index head', indexHead, formatIndexHead(indexHead)],
];
write(
  'leaf-others',
  others.map(([name, value, bytes]) => ({
    name,
    value,
    leaf: utf8Text(bytes),
    leafHash: base64(leafHash(bytes)),
  })),
);
write(
  'leaf-invalid',
  invalidLeafTexts(leaves[0]?.leaf ?? '').map(([name, text, code]) => ({ name, text, code })),
);
write(
  'leaf-receipts',
  leaves.slice(0, 5).map(({ name, event, recv, sig, leafHash: hash }, index) => ({
    name,
    event,
    sig,
    receipt: utf8Text(formatReceipt({ index, leafHash: hash, recv, duplicate: index === 2 })),
  })),
);

// Made with another implementation of HMAC before they are written: a wrong MAC must not become a vector.
for (const { event, mac } of JSON.parse(
  readFileSync(`${VECTORS}event-sameness.json`, 'utf8'),
).slice(0, 3)) {
  const again = createHmac('sha256', secret)
    .update(parseEvent(event).canonical)
    .digest('hex')
    .slice(0, 32);
  if (again !== mac) throw new Error('event-sameness: another MAC');
}
