import { TransparencyError } from '../core/error.ts';
import type { LogLeaf } from './log-leaf.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './strict-json.ts';

/** An opening: the index of its entry, and its pointer or `raw`. */
export type Target = readonly [index: number, pointer: string];

/** Who decided, and on what ground. */
export interface Decided {
  readonly legalBasis: string;
  /** Name of the token that asked, and of those that approved. */
  readonly requester: string;
  readonly approvers: readonly string[];
  /** Digest of what was asked for and approved, 64 digits of lowercase hex. */
  readonly request: string;
}

/** Body of a leaf `erase`: what was erased. (spec/14-privacy.md §5) */
export interface EraseBody extends Decided {
  /** Openings, each once, by index and pointer. */
  readonly targets: readonly Target[];
  /** How many openings. */
  readonly count: number;
  /** Entries whose content is no longer told from another, sorted: their sameness MACs are gone. */
  readonly blanked: readonly number[];
}

/** What a hold covers: the entries of a source, or those of [from, to). */
export type HoldScope =
  | { readonly source: string }
  | { readonly from: number; readonly to: number };

/** Body of a leaf `hold`. (spec/14-privacy.md §6) */
export interface HoldBody extends Decided {
  readonly action: 'place' | 'lift';
  /** Of a lift: the index of the leaf that placed it; else null. */
  readonly hold: number | null;
  readonly scope: HoldScope;
}

/** The body of a leaf. */
export function eraseBodyJson(body: EraseBody): JsonObject {
  return { ...body, targets: body.targets.map(([index, pointer]) => [index, pointer]) };
}

/** The body of a leaf. */
export function holdBodyJson(body: HoldBody): JsonObject {
  return { ...body, scope: { ...body.scope } };
}

/** What an `erase` leaf says; null for another leaf. @throws {TransparencyError} leaf.malformed */
export function eraseBodyOf(leaf: LogLeaf): EraseBody | null {
  if (leaf.type !== 'erase') return null;
  const { targets, count, blanked } = leaf.body;
  const body = {
    ...decidedOf(leaf.body),
    targets: listOf(targets).map(targetOf),
    count: indexOf(count),
    blanked: listOf(blanked).map(indexOf),
  };
  if (body.count !== body.targets.length) throw malformed('count');
  return body;
}

/** What a `hold` leaf says; null for another leaf. @throws {TransparencyError} leaf.malformed */
export function holdBodyOf(leaf: LogLeaf): HoldBody | null {
  if (leaf.type !== 'hold') return null;
  const { action, hold, scope } = leaf.body;
  if (action !== 'place' && action !== 'lift') throw malformed('action');
  return {
    ...decidedOf(leaf.body),
    action,
    hold: hold === null ? null : indexOf(hold),
    scope: scopeOf(scope),
  };
}

/** The scope of a value that strict JSON gave. @throws {TransparencyError} leaf.malformed */
export function scopeOf(value: JsonValue | undefined): HoldScope {
  const scope = objectOf(value);
  const names = Object.keys(scope).sort().join();
  if (names === 'source') return { source: nameOf(scope['source']) };
  if (names !== 'from,to') throw malformed('scope');
  const [from, to] = [indexOf(scope['from']), indexOf(scope['to'])];
  if (from >= to) throw malformed('scope');
  return { from, to };
}

/** Does a hold cover an entry? */
export function covers(
  scope: HoldScope,
  entry: { readonly index: number; readonly source: string },
): boolean {
  return 'source' in scope
    ? scope.source === entry.source
    : scope.from <= entry.index && entry.index < scope.to;
}

function decidedOf(body: JsonObject): Decided {
  return {
    legalBasis: nameOf(body['legalBasis']),
    requester: nameOf(body['requester']),
    approvers: listOf(body['approvers']).map(nameOf),
    request: nameOf(body['request']),
  };
}

function targetOf(value: JsonValue): Target {
  const [index, pointer, more] = listOf(value);
  if (more !== undefined) throw malformed('targets');
  return [indexOf(index), nameOf(pointer)];
}

function objectOf(value: JsonValue | undefined): JsonObject {
  if (isJsonObject(value)) return value;
  throw malformed('an object');
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  if (Array.isArray(value)) return value;
  throw malformed('a list');
}

function indexOf(value: JsonValue | undefined): number {
  if (typeof value === 'number' && value >= 0) return value;
  throw malformed('an index');
}

function nameOf(value: JsonValue | undefined): string {
  if (typeof value === 'string' && value !== '') return value;
  throw malformed('a text');
}

function malformed(what: string): TransparencyError {
  return new TransparencyError('leaf.malformed', `${what}: not what it must be`);
}
