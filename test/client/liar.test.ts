import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LogClient, openLogClient } from '../../src/client/log-client.ts';
import { policyOfVkey } from '../../src/client/trust.ts';
import { isTransparencyError } from '../../src/core/error.ts';
import { leafHash } from '../../src/core/hash.ts';
import { testEntry } from '../reference/tile-store.ts';
import { staticLog } from './static-log.ts';

/** One way to lie about a reply. */
const lies = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), at: fc.nat(), bit: fc.nat(7) }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat() }),
  fc.record({ kind: fc.constant('add' as const), bytes: fc.uint8Array({ minLength: 1 }) }),
  fc.record({ kind: fc.constant('replace' as const), bytes: fc.uint8Array({ maxLength: 9000 }) }),
  fc.record({ kind: fc.constant('status' as const), status: fc.integer({ min: 200, max: 599 }) }),
);
type Lie = typeof lies extends fc.Arbitrary<infer T> ? T : never;

function told(lie: Lie, honest: Uint8Array): Response {
  const bytes = new Uint8Array(honest);
  switch (lie.kind) {
    case 'flip':
      if (bytes.length > 0) bytes[lie.at % bytes.length] = at(bytes, lie.at) ^ (1 << lie.bit);
      return new Response(bytes);
    case 'cut':
      return new Response(bytes.slice(0, lie.at % (bytes.length + 1)));
    case 'add':
      return new Response(new Uint8Array([...bytes, ...lie.bytes]));
    case 'replace':
      return new Response(new Uint8Array(lie.bytes));
    case 'status': {
      const hasNoBody = [204, 205, 304].includes(lie.status);
      return new Response(hasNoBody ? null : bytes, { status: lie.status });
    }
  }
}

function at(bytes: Uint8Array, index: number): number {
  return bytes[index % bytes.length] ?? 0;
}

/** Each reply of a log may be a lie; the client has verified an honest head, or none. */
const worlds = fc.record({
  lies: fc.array(fc.option(lies, { freq: 2, nil: null }), { minLength: 8, maxLength: 8 }),
  index: fc.nat(299),
  knows: fc.boolean(),
  size: fc.constantFrom(1, 255, 257, 300),
});

async function liarOf(world: {
  readonly lies: readonly (Lie | null)[];
  readonly knows: boolean;
  readonly size: number;
}): Promise<LogClient> {
  const log = staticLog(world.size);
  let count = 0;
  const honestNote = log.note();
  const client = openLogClient({
    url: log.url,
    policy: policyOfVkey(log.vkey),
    retry: { attemptsMax: 1 },
    ...(world.knows ? { known: honestNote } : {}),
    fetch: async (url, init) => {
      const reply = await log.fetch(url, init);
      const lie = world.lies[count++] ?? null;
      return lie === null ? reply : told(lie, new Uint8Array(await reply.arrayBuffer()));
    },
  });
  return client;
}

/** What a client returned, or undefined if it refused in the only way that it may. */
async function outcomeOf<T>(run: Promise<T>): Promise<T | undefined> {
  try {
    return await run;
  } catch (error) {
    if (isTransparencyError(error)) return undefined;
    throw error;
  }
}

describe('a log client, whatever the log replies', () => {
  it('returns the right entry or refuses', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        const client = await liarOf(world);
        const entry = await outcomeOf(client.entry(world.index));
        if (entry !== undefined) expect(entry).toEqual(testEntry(world.index));
      }),
      { numRuns: 300 },
    );
  });

  it('returns a head that the log signed or refuses', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        const head = await outcomeOf((await liarOf(world)).checkpoint());
        if (head !== undefined) expect(head.rootHash).toEqual(staticLog(world.size).tree.rootHash);
      }),
      { numRuns: 100 },
    );
  });

  it('returns a proof of what was asked or refuses', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        const client = await liarOf(world);
        const hash = leafHash(testEntry(world.index));
        const entry = { leafIndex: world.index, leafHash: hash };
        const file = await outcomeOf(client.proofFile(entry));
        if (file !== undefined) expect(file.proven.leafIndex).toBe(world.index);
      }),
      { numRuns: 200 },
    );
  });
});
