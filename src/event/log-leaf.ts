import {
  type CanonicalForm,
  formatCanonicalValue,
  parseCanonicalValue,
} from './canonical-value.ts';
import { EVENT_LIMITS } from './limits.ts';
import { schemas } from './schema.generated.ts';
import type { JsonObject, JsonValue } from './strict-json.ts';

/** What the log itself states. */
export type LogLeafType =
  | 'finding'
  | 'refused'
  | 'access'
  | 'export'
  | 'erase'
  | 'hold'
  | 'key'
  | 'mapping';

/** A statement of the log, which admission cannot produce: `nhi.log/1`. (spec/4-leaf.md §6) */
export interface LogLeaf {
  readonly v: 'nhi.log/1';
  readonly type: LogLeafType;
  /** ms since 1970. */
  readonly at: number;
  /** 22 characters of base64url: 128 random bits. */
  readonly salt: string;
  readonly body: JsonObject;
}

/**
 * Bytes of a leaf by the log, canonical.
 *
 * @throws {TransparencyError} leaf.malformed
 */
export function formatLogLeaf(leaf: LogLeaf): Uint8Array {
  return formatCanonicalValue(leaf as unknown as JsonValue, FORM);
}

/**
 * The statement of a leaf's bytes.
 *
 * @throws {TransparencyError} leaf.malformed
 */
export function parseLogLeaf(bytes: Uint8Array): LogLeaf {
  // The schema holds, so the value has the shape of its type.
  return parseCanonicalValue(bytes, FORM) as unknown as LogLeaf;
}

const FORM: CanonicalForm = {
  schema: schemas.log,
  depthMax: EVENT_LIMITS.eventDepthMax,
  code: 'leaf.malformed',
};
