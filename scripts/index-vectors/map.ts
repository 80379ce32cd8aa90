/**
 * Makes spec/vectors/index-map.json: npx tsx -C varve-source scripts/index-vectors/map.ts
 *
 * test/foreign/index finds keys and labels a second time, with code of its own.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { utf8, utf8Text } from '../../src/core/bytes.ts';
import { hex } from '../../src/core/hex.ts';
import { parseEvent } from '../../src/event/event.ts';
import { formatLeaf, type Recv } from '../../src/event/leaf.ts';
import { labelOf, mapLeaf } from '../../src/event/map.ts';
import type { JsonObject } from '../../src/event/strict-json.ts';

const VECTORS = fileURLToPath(new URL('../../spec/vectors/', import.meta.url));
const read = (name: string) => JSON.parse(readFileSync(`${VECTORS}${name}.json`, 'utf8'));

const recv: Recv = {
  adapter: 'native',
  at: 1_795_166_821_000,
  by: null,
  conflict: null,
  map: null,
  raw: null,
  salt: 'AAECAwQFBgcICQoLDA0ODw',
};

const plain: JsonObject = {
  v: 'nhi.event/1',
  id: 'e-1',
  kind: 'tool.invoke',
  phase: 'complete',
  tenant: 'acme',
  time: { occurred: '2026-11-20T09:27:00Z' },
  src: { id: 'gw-1', format: 'native' },
  actor: { type: 'ai_agent', id: 'agent-42' },
  action: { name: 'call', class: 'exec' },
  outcome: { result: 'success' },
};

const DIGEST = `sha256:${'ab'.repeat(32)}`;

const made: readonly (readonly [string, JsonObject])[] = [
  ['an event with as few keys as can be', plain],
  [
    'a credential that stands in a delegation alone',
    { ...plain, deleg: [{ type: 'human', id: 'sub:1', via: 'user_grant', token_id: 'tok-7' }] },
  ],
  [
    'one text in several fields: a key of each, and of each but one',
    {
      ...plain,
      actor: { type: 'ai_agent', id: 'x', owner: { id: 'x' } },
      cred: { type: 'api_key', id: 'x' },
      deleg: [{ type: 'human', id: 'x', token_id: 'x' }],
      res: [
        { type: 'db', id: 'x' },
        { type: 'db', id: 'x' },
      ],
    },
  ],
  [
    'nothing is folded: case, marks and spaces tell keys apart',
    {
      ...plain,
      res: [
        { type: 'db', id: 'Café' },
        { type: 'db', id: 'café' },
        { type: 'db', id: 'caf e' },
      ],
    },
  ],
  [
    'every field that has a key',
    {
      ...plain,
      actor: { type: 'ai_agent', id: 'agent-42', owner: { id: 'team-1' } },
      cred: { type: 'api_key', id: 'key-9', fp: DIGEST },
      deleg: [
        { type: 'human', id: 'sub:1', token_id: 'tok-1' },
        { type: 'service_account', id: 'svc-1' },
      ],
      res: [
        { type: 'db', id: 'orders', digest: DIGEST },
        { type: 'db', id: 'users' },
      ],
      artifact: { digest: `sha256:${'cd'.repeat(32)}` },
      approval: { state: 'granted', by: [{ id: 'sub:2' }, { id: 'sub:3' }] },
      ctx: { session_id: 's-1', trace_id: '5b8efff798038103d269b633813fc60c' },
    },
  ],
  ['an event that no mapping covers', { ...plain, kind: 'unmapped' }],
];

function entriesOf(): { name: string; entry: string }[] {
  const leaf = (event: JsonObject) =>
    utf8Text(formatLeaf({ eventCanonical: parseEvent(event).canonical, recv, sig: null }));
  return [
    ...made.map(([name, event]) => ({ name, entry: leaf(event) })),
    ...read('leaf-event').leaves.map((one: { name: string; leaf: string }) => {
      return { name: one.name, entry: one.leaf };
    }),
    ...read('leaf-others').map((one: { name: string; leaf: string }) => {
      return { name: one.name, entry: one.leaf };
    }),
    ...read('leaf-invalid').map((one: { name: string; text: string }) => {
      return { name: `no leaf: ${one.name}`, entry: one.text };
    }),
    { name: 'no leaf: no bytes', entry: '' },
    { name: 'no leaf: a space behind a leaf', entry: `${leaf(plain)} ` },
  ];
}

const vectors = entriesOf().map(({ name, entry }) => ({
  name,
  entry,
  keys: mapLeaf(utf8(entry)).map((key) => ({ ...key, label: hex(labelOf(key)) })),
}));
writeFileSync(
  `${VECTORS}index-map.json`,
  `${JSON.stringify(
    {
      description:
        'nhi.map/1: entry bytes (as UTF-8 text) to lookup keys, in their order, each with its label in hex. Keys of an entry that is no leaf: kind nonconforming alone.',
      vectors,
    },
    null,
    1,
  )}\n`,
);
