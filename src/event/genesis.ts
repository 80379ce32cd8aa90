import { canonicalJson } from './canonical.ts';
import { type JsonValue, parseStrictJson } from './strict-json.ts';

/** Leaf 0 of an `events` log: what it is, and which keys speak for it. (spec/4-leaf.md §5) */
export interface Genesis {
  readonly v: 'nhi.genesis/1';
  /** Key name of the log. */
  readonly origin: string;
  readonly tenant: string;
  readonly type: 'events';
  readonly keys: {
    /** Verifier key text: `name+keyhash+key`. */
    readonly ed25519: string;
    /** Base64 of the DER SubjectPublicKeyInfo. */
    readonly p256: string;
  };
  /** The map of its verifiable index. */
  readonly map: 'nhi.map/1';
  /** The log that this one succeeds, or null. */
  readonly predecessor: Predecessor | null;
  /** ms since 1970. */
  readonly time: number;
}

/** The retired log that a new one succeeds. */
export interface Predecessor {
  readonly origin: string;
  readonly size: number;
  /** Base64 of the root hash. */
  readonly root: string;
  /** Text of its last cosigned checkpoint. */
  readonly note: string;
  /** Base64 SHA-256 of each file of evidence. */
  readonly evidence: readonly string[];
  readonly reason: string;
}

/** Bytes of the genesis leaf, canonical. */
export function formatGenesis(genesis: Genesis): Uint8Array {
  return canonicalJson(genesis as unknown as JsonValue);
}

/**
 * The genesis of a leaf's bytes.
 *
 * @throws {TransparencyError} genesis.malformed
 */
export function parseGenesis(bytes: Uint8Array): Genesis {
  return parseStrictJson(bytes) as unknown as Genesis;
}
