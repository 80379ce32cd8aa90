import type { JsonValue } from '../event/strict-json.ts';
import type { Condition } from './mapping-file.ts';
import { type Path, parsePointer, valueAt } from './pointer.ts';

/** What conditions and rules read: the input, and the item of a list of it. */
export interface Scope {
  readonly input: JsonValue;
  readonly item: JsonValue | undefined;
}

/** A pointer of a mapping, ready to be followed. */
export interface Place {
  readonly pointer: string;
  readonly path: Path;
  readonly inItem: boolean;
}

/** The place of `/pointer` in the input, or of `@/pointer` in an item. */
export function placeOf(text: string): Place {
  const inItem = text.startsWith('@');
  const pointer = inItem ? text.slice(1) : text;
  return { pointer, path: parsePointer(pointer), inItem };
}

/** What stands at a place. */
export function readPlace(place: Place, scope: Scope): JsonValue | undefined {
  return valueAt(place.inItem ? scope.item : scope.input, place.path);
}

/** The test of all conditions together; no condition always holds. */
export function testOf(conditions: readonly Condition[] | undefined): (scope: Scope) => boolean {
  const tests = (conditions ?? []).map(testOfOne);
  return (scope) => tests.every((test) => test(scope));
}

function testOfOne(condition: Condition): (scope: Scope) => boolean {
  const tests: ((scope: Scope) => boolean)[] = [];
  const { any, not } = condition;
  if (any !== undefined) {
    const some = any.map(testOfOne);
    tests.push((scope) => some.some((test) => test(scope)));
  }
  if (not !== undefined) {
    const inner = testOfOne(not);
    tests.push((scope) => !inner(scope));
  }
  if (condition.at !== undefined) tests.push(testOfValue(condition, placeOf(condition.at)));
  return (scope) => tests.every((test) => test(scope));
}

function testOfValue(condition: Condition, place: Place): (scope: Scope) => boolean {
  const { is, exists, least } = condition;
  const among = condition.in === undefined ? undefined : new Set(condition.in);
  const pattern = condition.matches === undefined ? undefined : new RegExp(condition.matches);
  return (scope) => {
    const value = readPlace(place, scope);
    if (exists !== undefined && exists !== isThere(value)) return false;
    if (is !== undefined && value !== is) return false;
    if (among !== undefined && !among.has(value ?? null)) return false;
    if (least !== undefined && !(Number(value) >= least)) return false;
    return pattern === undefined || (typeof value === 'string' && pattern.test(value));
  };
}

/** What is null, or an empty text or list, is not there. */
function isThere(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || value === '') return false;
  return !Array.isArray(value) || value.length > 0;
}
