import { parseBase64url } from '../core/base64.ts';
import { utf8, utf8Text } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import { isJsonObject, type JsonObject } from '../event/strict-json.ts';
import { parseWireJson } from './wire-json.ts';

/** A signed token, taken apart and not verified. (RFC 7515 §3.1) */
export interface CompactJws {
  readonly header: JsonObject;
  readonly claims: JsonObject;
  readonly signingInput: Uint8Array;
  readonly signature: Uint8Array;
}

/**
 * The parts of a token in compact form.
 *
 * @throws {TransparencyError} ingest.malformed
 */
export function parseCompactJws(bytes: Uint8Array): CompactJws {
  const text = utf8Text(bytes).trim();
  const parts = text.split('.');
  const [header, claims, signature] = parts;
  if (parts.length !== 3 || header === undefined || claims === undefined || !signature) {
    throw new TransparencyError('ingest.malformed', 'not a signed token of three parts');
  }
  return {
    header: objectOf(header),
    claims: objectOf(claims),
    signingInput: utf8(`${header}.${claims}`),
    signature: parseBase64url(signature),
  };
}

function objectOf(part: string): JsonObject {
  const value = parseWireJson(parseBase64url(part));
  if (isJsonObject(value)) return value;
  throw new TransparencyError('ingest.malformed', 'a part of a token that is no object');
}
