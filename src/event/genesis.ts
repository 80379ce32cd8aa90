import {
  type CanonicalForm,
  formatCanonicalValue,
  parseCanonicalValue,
} from './canonical-value.ts';
import { EVENT_LIMITS } from './limits.ts';
import { schemas } from './schema.generated.ts';
import type { JsonValue } from './strict-json.ts';

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

/**
 * Bytes of the genesis leaf, canonical.
 *
 * @throws {TransparencyError} genesis.malformed
 */
export function formatGenesis(genesis: Genesis): Uint8Array {
  return formatCanonicalValue(genesis as unknown as JsonValue, FORM);
}

/**
 * The genesis of a leaf's bytes. That its keys are keys, and the vkey that of the origin, core checks.
 *
 * @throws {TransparencyError} genesis.malformed
 */
export function parseGenesis(bytes: Uint8Array): Genesis {
  // The schema holds, so the value has the shape of its type.
  return parseCanonicalValue(bytes, FORM) as unknown as Genesis;
}

const FORM: CanonicalForm = {
  schema: schemas.genesis,
  depthMax: EVENT_LIMITS.eventDepthMax,
  code: 'genesis.malformed',
};
