import { base64 } from '../core/base64.ts';
import { leafHash } from '../core/hash.ts';
import { TreeBuilder } from '../core/tree-builder.ts';
import { formatVkey, KEY_TYPE, verifierKeyOf } from '../core/vkey.ts';
import { formatGenesis } from '../event/genesis.ts';
import { integrate, type WriterTree } from './integrate.ts';
import type { OpenLogOptions } from './open-options.ts';
import { formatMeta } from './recovery.ts';
import { META_KEY } from './rows.ts';

/** What the first rows of a log say. */
export type BeginLogOptions = Pick<
  OpenLogOptions,
  'name' | 'origin' | 'type' | 'tenant' | 'predecessor' | 'store' | 'signer' | 'clock'
>;

/**
 * Writes the first rows of a log into an empty store: what it is, and the genesis leaf of an `events` log, in one
 * flushed batch. Nothing is signed. (spec/6-publication.md)
 *
 * @throws {TransparencyError} store.moved if the store is that of a log; genesis.malformed
 */
export async function beginLog(options: BeginLogOptions): Promise<WriterTree> {
  const { store, type, origin, signer } = options;
  const tree: WriterTree = { builder: new TreeBuilder(), sequence: 0, commitRow: undefined };
  const meta = { key: META_KEY, value: formatMeta(options) };
  const condition = { key: META_KEY, value: undefined };
  if (type === 'opaque') {
    await store.write({ changes: [meta], condition, flush: true });
    return tree;
  }
  const logKey = verifierKeyOf(origin, KEY_TYPE.ed25519, signer.ed25519PublicKey);
  const entry = formatGenesis({
    v: 'nhi.genesis/1',
    origin,
    tenant: options.tenant ?? options.name,
    type,
    keys: { ed25519: formatVkey(logKey), p256: base64(signer.p256PublicKey) },
    map: 'nhi.map/1',
    predecessor: options.predecessor ?? null,
    time: options.clock(),
  });
  const genesis = integrate(tree, [{ entry, leafHash: leafHash(entry) }]);
  await store.write({ changes: [meta, ...genesis.changes], condition, flush: true });
  genesis.adopt();
  return tree;
}
