import { readFileSync } from 'node:fs';
import { disclosureDigest, formatDisclosure } from '../../src/event/disclosure.ts';
import { leavesOf } from '../ingest/golden.ts';
import type { SeededRandom } from '../support/random.ts';
import type { Secret } from './corpus.ts';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

const SAMPLES = JSON.parse(
  readFileSync(new URL('../../spec/vectors/event-samples.json', import.meta.url), 'utf8'),
) as { [name: string]: Json }[];

/** Items of the native route with a secret in them: in a field, in an opening, in the name of a key, in a name. */
export function nativeItemsOf(
  secret: Secret,
  random: SeededRandom,
): readonly { readonly place: string; readonly body: string }[] {
  const id = `native-${Buffer.from(random.bytes(8)).toString('hex')}`;
  const plain = (n: number): { [name: string]: Json } => {
    const { src: _, ...event } = structuredClone(random.pick(SAMPLES));
    const { format } = _ as { format: string };
    return { ...event, id: `${id}-${n}`, src: { id: 'native', format } };
  };
  const { text } = secret;
  const field = plain(0);
  const pointer = random.pick(leavesOf(field).filter((one) => !/^\/(?:v|tenant|id)$/.test(one)));
  set(field, pointer, text);
  const opened = plain(1);
  const opening = formatDisclosure({
    salt: random.bytes(16),
    pointer: '/tool/args',
    value: { text },
  });
  opened['sd'] = { '/tool/args': disclosureDigest(opening) };
  const signed = plain(2);
  // A name of a key has 128 characters at most: what is cut off from a secret is none.
  const isName = text.length <= 128;
  const sig = {
    alg: 'ed25519',
    kid: text,
    value: Buffer.alloc(64, 7).toString('base64'),
  };
  const named = plain(3);
  named['sd'] = { [`/in/${text}`]: disclosureDigest(opening) };
  const kept = plain(4);
  kept['ext'] = { 'com.example.note': [{ text }] };
  return [
    { place: pointer, body: JSON.stringify(field) },
    { place: 'an opening', body: JSON.stringify({ event: opened, disclosures: [opening] }) },
    ...(isName ? [{ place: 'sig.kid', body: JSON.stringify({ event: signed, sig }) }] : []),
    { place: 'a name of sd', body: JSON.stringify(named) },
    { place: 'ext', body: JSON.stringify(kept) },
  ];
}

function set(value: { [name: string]: Json }, pointer: string, text: string): void {
  const steps = pointer.split('/').slice(1);
  let here: Json = value;
  for (const step of steps.slice(0, -1)) {
    here = (here as { [name: string]: Json })[unescaped(step)] as Json;
  }
  (here as { [name: string]: Json })[unescaped(steps.at(-1) ?? '')] = text;
}

function unescaped(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}
