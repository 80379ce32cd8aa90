import { isTransparencyError, TransparencyError } from '../core/error.ts';
import { type HoldScope, scopeOf } from '../event/custody-leaf.ts';
import { isIdentifier } from '../event/identifier.ts';
import { secretInText } from '../event/secret.ts';
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseStrictJson,
} from '../event/strict-json.ts';
import { ERASE_TARGETS_MAX, type WantedTarget } from '../log/log.ts';
import type { Asked } from './pending-requests.ts';

/** What a body of `/erase` or `/hold` says: a request, or the approval of one. */
export type CustodyBody =
  | { readonly kind: 'ask'; readonly asked: Asked }
  | { readonly kind: 'approve'; readonly request: string };

/** Bytes of a body. */
export const CUSTODY_BODY_BYTES_MAX = 262_144;
const LEGAL_BASIS_LENGTH_MAX = 256;
const POINTER_LENGTH_MAX = 512;

/**
 * `{"request": {"targets": [[index, pointer | null], …], "legalBasis"}}`, or `{"approve": digest}`.
 *
 * @throws {TransparencyError} custody.malformed, erase.too-large
 */
export function parseEraseBody(bytes: Uint8Array): CustodyBody {
  return bodyOf(bytes, (request) => {
    checkMembers(request, ['legalBasis', 'targets']);
    const targets = request['targets'];
    if (!Array.isArray(targets) || targets.length === 0)
      throw malformed('targets: a list expected');
    if (targets.length > ERASE_TARGETS_MAX) {
      throw new TransparencyError('erase.too-large', `more than ${ERASE_TARGETS_MAX} targets`);
    }
    return { kind: 'erase', targets: targets.map(targetOf), legalBasis: basisOf(request) };
  });
}

/**
 * `{"request": {"place": {"source"} | {"from", "to"}, "legalBasis"}}`, `{"request": {"lift": index, "legalBasis"}}`, or
 * `{"approve": digest}`.
 *
 * @throws {TransparencyError} custody.malformed
 */
export function parseHoldBody(bytes: Uint8Array): CustodyBody {
  return bodyOf(bytes, (request) => {
    if (Object.hasOwn(request, 'lift')) {
      checkMembers(request, ['legalBasis', 'lift']);
      const hold = indexOf(request['lift'], 'lift');
      return { kind: 'lift', hold, legalBasis: basisOf(request) };
    }
    checkMembers(request, ['legalBasis', 'place']);
    return { kind: 'place', scope: wantedScope(request['place']), legalBasis: basisOf(request) };
  });
}

function bodyOf(bytes: Uint8Array, askedOf: (request: JsonObject) => Asked): CustodyBody {
  const body = objectOf(parse(bytes), 'the body');
  if (Object.hasOwn(body, 'approve')) {
    checkMembers(body, ['approve']);
    const request = body['approve'];
    if (typeof request === 'string' && /^[0-9a-f]{64}$/.test(request)) {
      return { kind: 'approve', request };
    }
    throw malformed('approve: 64 digits of lowercase hex expected');
  }
  checkMembers(body, ['request']);
  return { kind: 'ask', asked: askedOf(objectOf(body['request'], 'request')) };
}

function parse(bytes: Uint8Array): JsonValue {
  try {
    return parseStrictJson(bytes);
  } catch (error) {
    if (!isTransparencyError(error)) throw error;
    throw malformed(error.message);
  }
}

function targetOf(value: JsonValue): WantedTarget {
  if (!Array.isArray(value) || value.length !== 2) throw malformed('targets: pairs expected');
  const [index, pointer]: readonly JsonValue[] = value;
  if (pointer === null) return [indexOf(index, 'targets'), null];
  if (
    typeof pointer === 'string' &&
    pointer.length <= POINTER_LENGTH_MAX &&
    isIdentifier(pointer)
  ) {
    return [indexOf(index, 'targets'), pointer];
  }
  throw malformed('targets: a pointer, "raw" or null expected');
}

function wantedScope(value: JsonValue | undefined): HoldScope {
  try {
    return scopeOf(value);
  } catch (error) {
    if (!isTransparencyError(error)) throw error;
    throw malformed('place: {"source"} or {"from", "to"} expected');
  }
}

/** It stands in a leaf for ever. */
function basisOf(request: JsonObject): string {
  const basis = request['legalBasis'];
  const isText =
    typeof basis === 'string' &&
    basis.length > 0 &&
    basis.length <= LEGAL_BASIS_LENGTH_MAX &&
    isIdentifier(basis) &&
    secretInText(basis) === null;
  if (isText) return basis;
  throw malformed(`legalBasis: a text of at most ${LEGAL_BASIS_LENGTH_MAX} characters expected`);
}

function indexOf(value: JsonValue | undefined, where: string): number {
  if (typeof value === 'number' && value >= 0) return value;
  throw malformed(`${where}: an index expected`);
}

function objectOf(value: JsonValue | undefined, where: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw malformed(`${where}: an object expected`);
}

function checkMembers(object: JsonObject, names: readonly string[]): void {
  const has = Object.keys(object).sort();
  if (has.join() !== names.join()) throw malformed(`members ${names.join(', ')} expected`);
}

function malformed(why: string): TransparencyError {
  return new TransparencyError('custody.malformed', why);
}
