import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { utf8Text } from '../../src/core/bytes.ts';
import { parseDisclosure } from '../../src/event/disclosure.ts';
import { parseLeaf } from '../../src/event/leaf.ts';
import { findSecret } from '../../src/event/secret.ts';
import { createTokenStore, formatToken, hashOfToken } from '../../src/http/tokens.ts';
import { ADAPTERS } from '../../src/ingest/ingest.ts';
import { mappingOf } from '../../src/ingest/mappings.ts';
import { parsePointer, valueAt } from '../../src/ingest/pointer.ts';
import { openIngestApp } from '../support/ingest-app.ts';
import { adaptedOf, goldenOf, inputNames, inputsOf, leavesOf } from './golden.ts';

const goldenFile = (name: string): unknown =>
  JSON.parse(
    readFileSync(new URL(`../../spec/vectors/ingest/${name}.json`, import.meta.url), 'utf8'),
  );

const readable = new Set(['openbao']);

describe('every adapter', () => {
  it('has inputs, five at least and two of them hostile', () => {
    expect(inputNames()).toEqual([...ADAPTERS.keys()].filter((name) => !readable.has(name)).sort());
    for (const name of inputNames()) {
      const inputs = inputsOf(name);
      expect(inputs.length, name).toBeGreaterThanOrEqual(5);
      expect(inputs.filter(({ hostile }) => hostile === true).length, name).toBeGreaterThanOrEqual(
        2,
      );
      expect(new Set(inputs.map((input) => input.name)).size, name).toBe(inputs.length);
    }
  });

  it.each(inputNames())('%s makes the events that were read and kept', (name) => {
    const golden = inputsOf(name).map((input) => goldenOf(name, input));
    expect(JSON.parse(JSON.stringify(golden))).toEqual(goldenFile(name));
  });

  it.each(inputNames())('%s loses no field of an input silently', (name) => {
    for (const input of inputsOf(name)) {
      for (const { adapted, mapped } of adaptedOf(name, input)) {
        const { item, mapping } = adapted;
        if (item.input === undefined) continue;
        const draft = mapping.draft(item.input, { traced: true });
        const mappedFrom = new Set([...(draft.origins?.values() ?? [])].flat());
        const withheld = new Map(draft.withheld.map(({ pointer, value }) => [pointer, value]));
        const rest = withheld.get('/rest');
        for (const pointer of leavesOf(item.input)) {
          const told =
            mapping.file.drop.some((dropped) => isWithin(pointer, dropped)) ||
            [...mappedFrom].some((from) => isWithin(pointer, from)) ||
            mapping.file.commit.some(
              ({ at, to }) => isWithin(pointer, at) && withheld.has(to ?? `/in${at}`),
            ) ||
            (rest !== undefined &&
              valueAt(rest, parsePointer(pointer)) === valueAt(item.input, parsePointer(pointer)));
          expect(told, `${name}, ${input.name}: ${pointer}`).toBe(true);
        }
        // What the draft withholds, the event commits to.
        const sd = mapped.event.event.sd ?? {};
        if (mapped.event.event.ext?.['nhi.reduced'] === undefined) {
          for (const pointer of withheld.keys()) expect(Object.keys(sd)).toContain(pointer);
        }
      }
    }
  });

  it.each(inputNames())('%s lets no usable secret into an event or an opening', (name) => {
    for (const input of inputsOf(name)) {
      for (const { mapped } of adaptedOf(name, input)) {
        expect(findSecret(mapped.event.canonical)).toBeNull();
        for (const text of mapped.disclosures) {
          expect(text).not.toContain('ghp_');
          parseDisclosure(text);
        }
        if (mapped.rawSalt !== null) expect(utf8Text(mapped.raw)).not.toContain('ghp_');
        expect(utf8Text(mapped.event.canonical)).not.toContain('ghp_');
      }
    }
  });

  it.each(inputNames())(
    '%s makes one leaf of the same input twice, and calls it success',
    async (name) => {
      await using app = await openIngestApp();
      for (const input of inputsOf(name)) {
        if (goldenOf(name, input).refused !== undefined) continue;
        const before = app.log.figures.integratedSize;
        const path = `/main/ingest/${name}`;
        const first = await app.post(path, input.body, input.headers);
        const size = app.log.figures.integratedSize;
        const again = await app.post(path, input.body, input.headers);
        expect([first.status, again.status], input.name).toEqual(
          name === 'caep' ? [202, 202] : [200, 200],
        );
        expect(size, input.name).toBeGreaterThan(before);
        expect(app.log.figures.integratedSize, input.name).toBe(size);
      }
      await app.log.waitPublished(app.log.figures.integratedSize, AbortSignal.timeout(10_000));
      for (let i = 1; i < app.log.figures.integratedSize; i++) {
        const leaf = parseLeaf(await app.log.readEntry(i));
        if (leaf.v !== 'nhi.leaf/1') throw new Error('a leaf by the log');
        // A file of records has rules of its own, beside those for its records.
        const { adapter } = leaf.recv;
        const rules =
          adapter === 'cloudtrail-file' ? mappingOf(adapter) : ADAPTERS.get(name)?.mapping;
        expect([adapter, leaf.recv.map]).toEqual([rules?.file.adapter, rules?.map]);
      }
    },
  );
});

describe('openbao', () => {
  it('reads what vault reads, as its emitter sends it: with a token, and no content type', async () => {
    const secret = formatToken(new Uint8Array(32).fill(1));
    const sha256 = hashOfToken(secret);
    const token = { name: 'bao', sha256, roles: ['submit'], logs: null, sources: null } as const;
    await using app = await openIngestApp({ tokens: createTokenStore([token]) });
    for (const input of inputsOf('vault')) {
      const { name, refused, events = [] } = goldenOf('vault', input);
      const kinds = adaptedOf('openbao', { ...input, headers: {} }).map(
        ({ mapped }) => mapped.event.event.kind,
      );
      expect(kinds, name).toEqual(
        events.map(({ event }) => (event as { readonly kind?: unknown }).kind),
      );
      const post = async (): Promise<number> => {
        const headers = { authorization: `Bearer ${secret}` };
        return (await app.post('/main/ingest/openbao', input.body, headers)).status;
      };
      const first = await post();
      const size = app.log.figures.integratedSize;
      expect([first, await post()], name).toEqual(refused === undefined ? [200, 200] : [400, 400]);
      expect(app.log.figures.integratedSize, name).toBe(size);
    }
    const bare = await app.post('/main/ingest/openbao', '{}', {});
    expect(bare.status).toBe(401);
  });
});

/** True for a pointer and all that lies below it. */
function isWithin(pointer: string, holder: string): boolean {
  return pointer === holder || pointer.startsWith(`${holder}/`);
}
