import { equalBytes } from '../core/bytes.ts';
import { type ErrorCode, TransparencyError } from '../core/error.ts';
import { canonicalJson } from './canonical.ts';
import type { SchemaValidator } from './schema.generated.ts';
import { type JsonValue, parseStrictJson } from './strict-json.ts';

/** What a canonical thing must be: its schema, its depth, and the code of its refusal. */
export interface CanonicalForm {
  readonly schema: SchemaValidator;
  readonly depthMax: number;
  readonly code: ErrorCode;
}

/**
 * The value of bytes that are its canonical form and hold to a schema. (RFC 8785)
 *
 * @throws {TransparencyError} `form.code`, with what was found as its cause
 */
export function parseCanonicalValue(bytes: Uint8Array, form: CanonicalForm): JsonValue {
  const value = strictValue(bytes, form);
  if (!equalBytes(canonicalJson(value, { depthMax: form.depthMax }), bytes)) {
    throw new TransparencyError(form.code, 'not in canonical form');
  }
  checkSchema(value, form);
  return value;
}

/**
 * Checks that a value holds to a schema. The message tells where it does not, never what stands there.
 *
 * @throws {TransparencyError} `form.code`
 */
export function checkSchema(value: JsonValue, form: CanonicalForm): void {
  if (form.schema(value)) return;
  const fault = form.schema.errors?.[0];
  // Two steps: deeper ones can be names that a stranger chose.
  const pointer = (fault?.instancePath ?? '').split('/', 3).join('/');
  throw new TransparencyError(form.code, `${fault?.keyword ?? 'schema'}: at "${pointer}"`, {
    details: { pointer },
  });
}

/**
 * The canonical form of a value that holds to a schema.
 *
 * @throws {TransparencyError} `form.code`, json.*
 */
export function formatCanonicalValue(value: JsonValue, form: CanonicalForm): Uint8Array {
  checkSchema(value, form);
  return canonicalJson(value, { depthMax: form.depthMax });
}

function strictValue(bytes: Uint8Array, form: CanonicalForm): JsonValue {
  try {
    return parseStrictJson(bytes, { depthMax: form.depthMax });
  } catch (cause) {
    const why = cause instanceof TransparencyError ? cause.message : 'not JSON';
    throw new TransparencyError(form.code, why, { cause });
  }
}
