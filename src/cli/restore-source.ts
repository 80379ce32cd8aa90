import { readFile, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import type { Fetch } from '../client/client.ts';
import { httpTiles, readResource } from '../client/http-tiles.ts';
import { utf8Text } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import { NOTE_BYTES_MAX } from '../core/note.ts';
import { Reader } from '../log/reader.ts';
import { recover } from '../log/recovery.ts';
import type { RestoreSource } from '../log/restore.ts';
import { META_KEY } from '../log/rows.ts';
import type { HeadKeys } from '../log/signed-head.ts';
import { levelStoreExists, openLevelStore } from '../storage/storage.ts';
import { checkUrl } from './submit.ts';

/** A place that entries come back from: nothing of it is believed. */
export interface OpenedSource extends RestoreSource {
  /** The checkpoint that it shows, not verified; null: none. */
  readonly note: Uint8Array | null;
  close(): Promise<void>;
}

/** Which log is looked for. */
export interface WantedLog {
  readonly name: string;
  readonly origin: string;
  readonly type: 'events' | 'opaque';
  readonly keys: HeadKeys;
}

/**
 * Opens a source: the URL of a log or mirror; a data folder whose server is stopped (`DIR/store/NAME`), or such a store
 * itself; or a folder with the files of tlog-tiles (`DIR/checkpoint`, `DIR/tile/…`).
 *
 * @throws {TransparencyError} config.malformed if the place is none of these; store.locked, store.corrupt; reply.*
 */
export async function openSource(
  place: string,
  wanted: WantedLog,
  fetch: Fetch,
): Promise<OpenedSource> {
  if (/^https?:/.test(place)) {
    checkUrl(place);
    return await openServed(place.replace(/\/+$/, ''), fetch);
  }
  for (const dir of [join(place, 'store', wanted.name), join(place, wanted.name), place]) {
    if (await levelStoreExists(dir)) return await openStored(dir, wanted);
  }
  if (await isDirectory(join(place, 'tile'))) return await openServed(FILES, filesOf(place));
  throw new TransparencyError(
    'config.malformed',
    `${place} is neither the URL of a log, nor a data folder with the log '${wanted.name}', nor a folder of tiles`,
  );
}

const FILES = 'http://files.invalid/log';

async function openServed(url: string, fetch: Fetch): Promise<OpenedSource> {
  const source = httpTiles({ url, fetch });
  const checkpoint = { path: 'checkpoint', bytesMax: NOTE_BYTES_MAX };
  const note = (await readResource({ url, fetch }, checkpoint)) ?? null;
  return { tiles: source, bundles: source, note, close: () => Promise.resolve() };
}

/** Another store of the log. What it holds is proven to itself first, so that its own damage is named as such. */
async function openStored(dir: string, wanted: WantedLog): Promise<OpenedSource> {
  const store = await openLevelStore({ dir });
  try {
    const [, origin] = utf8Text((await store.get(META_KEY)) ?? new Uint8Array(0)).split('\n');
    if (origin !== wanted.origin) {
      throw new TransparencyError(
        'config.malformed',
        `${dir} is the store of ${origin ?? 'no log'}, not of ${wanted.origin}`,
      );
    }
    const found = await recover(store, null, { ...wanted, wasClosed: false });
    if (found.kind === 'new' || found.tree === null) {
      const why = found.kind === 'halted' ? found.halt.detail : 'it is empty';
      throw new TransparencyError('store.corrupt', `nothing can be read from ${dir}: ${why}`);
    }
    const { builder } = found.tree;
    const reader = new Reader({ store, builder, cacheBytesMax: 16_777_216 });
    return {
      note: (found.signed ?? found.published)?.note ?? null,
      tiles: {
        readTiles: (tiles) => Promise.all(tiles.map((tile) => reader.tile(tile, builder.size))),
      },
      bundles: {
        readBundles: (bundles) =>
          Promise.all(bundles.map(({ index, width }) => reader.bundle(index, width, builder.size))),
      },
      close: () => store.close(),
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Reads a folder as if it were served. */
function filesOf(dir: string): Fetch {
  const root = resolve(dir);
  return async (url) => {
    const path = resolve(root, url.slice(FILES.length + 1));
    if (!path.startsWith(root + sep)) return new Response(null, { status: 404 });
    try {
      return new Response(new Uint8Array(await readFile(path)));
    } catch {
      return new Response(null, { status: 404 });
    }
  };
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
