import { patternRuns } from './fast-pattern.ts';

/** Offset behind what is accepted at an offset; -1 for what is not. */
export type Check = (at: number) => number;

/** What a check of an object must know of a member. */
export interface Member {
  readonly name: string;
  readonly check: Check;
  readonly required: boolean;
}

const REFUSED = -1;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const SPACE = 0x20;

/**
 * The bytes that checks read. Checks are closures made once and run to their end before the next bytes come, so one
 * variable serves them all: an argument less for each of a hundred calls an event.
 */
let bytes: Uint8Array = new Uint8Array(0);

/** Runs a check over bytes from an offset on. */
export function runCheck(check: Check, input: Uint8Array, at: number): number {
  bytes = input;
  const end = check(at);
  return end > input.length ? REFUSED : end;
}

/** The byte at an offset of the bytes that are being checked. */
export function byteAt(at: number): number | undefined {
  return bytes[at];
}

/** Printable ASCII without quote and backslash: what a string holds that is its own canonical form and NFC. */
const PLAIN = new Uint8Array(256).fill(1, 0x20, 0x7f);
PLAIN[QUOTE] = 0;
PLAIN[0x5c] = 0;

/** Accepts nothing: what must be judged by the slow path. */
export const never: Check = () => REFUSED;

/** Accepts one text. */
export function literal(text: string): Check {
  const expected = new TextEncoder().encode(text);
  return (at) => (isAt(expected, at) ? at + expected.length : REFUSED);
}

/** Accepts what one of two checks accepts, the first if both do. */
export function either(first: Check, second: Check): Check {
  return (at) => {
    const end = first(at);
    return end >= 0 ? end : second(at);
  };
}

/** Accepts a string of plain characters; an identifier has no space at an end. */
export function plainString(rule: {
  readonly min: number;
  readonly max: number;
  readonly identifier: boolean;
}): Check {
  const { min, max, identifier } = rule;
  return (at) => {
    if (bytes[at] !== QUOTE) return REFUSED;
    let end = at + 1;
    while (PLAIN[bytes[end] as number] === 1) end++;
    const length = end - at - 1;
    if (bytes[end] !== QUOTE || length < min || length > max) return REFUSED;
    if (identifier && (bytes[at + 1] === SPACE || bytes[end - 1] === SPACE)) return REFUSED;
    return end + 1;
  };
}

/** Accepts a plain string that matches a pattern too. */
export function patternString(plain: Check, pattern: string): Check {
  const runs = patternRuns(pattern);
  if (runs === null) {
    const expression = new RegExp(pattern, 'u');
    return (at) => {
      const end = plain(at);
      return end >= 0 && expression.test(textBetween(at + 1, end - 1)) ? end : REFUSED;
    };
  }
  const sets = runs.map(({ set }) => set);
  const minima = runs.map(({ min }) => min);
  const maxima = runs.map(({ max }) => max);
  return (at) => {
    const end = plain(at);
    if (end < 0) return REFUSED;
    let next = at + 1;
    for (let i = 0; i < sets.length; i++) {
      const set = sets[i] as Uint8Array;
      const start = next;
      const last = Math.min(end - 1, start + (maxima[i] as number));
      while (next < last && set[bytes[next] as number] === 1) next++;
      if (next - start < (minima[i] as number)) return REFUSED;
    }
    return next === end - 1 ? end : REFUSED;
  };
}

/** Accepts one of some strings, and tells which. */
export function oneString(values: readonly string[], found?: (value: string) => void): Check {
  const texts = values.map((value) => new TextEncoder().encode(value));
  // By hash of the text. Two of one hash would let one go: that one is left to the slow path.
  const known = new Map(texts.map((text, index) => [text.reduce(mix, 0), index]));
  return (at) => {
    if (bytes[at] !== QUOTE) return REFUSED;
    let end = at + 1;
    let hash = 0;
    while (PLAIN[bytes[end] as number] === 1) hash = mix(hash, bytes[end++] as number);
    if (bytes[end] !== QUOTE) return REFUSED;
    const index = known.get(hash) ?? REFUSED;
    const text = texts[index];
    if (text === undefined || text.length !== end - at - 1 || !isAt(text, at + 1)) return REFUSED;
    found?.(values[index] as string);
    return end + 1;
  };
}

/** FNV-1a, a step. It stays an integer of 32 bits. */
function mix(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x0100_0193);
}

/** Accepts an integer in its shortest form, min ≤ n ≤ max. */
export function integer(min: number, max: number): Check {
  return (at) => {
    const negative = bytes[at] === 0x2d;
    const start = negative ? at + 1 : at;
    let end = start;
    let value = 0;
    for (;;) {
      const digit = (bytes[end] as number) - 0x30;
      if (!(digit >= 0 && digit <= 9)) break;
      value = value * 10 + digit;
      end++;
    }
    // Sixteen digits: beyond 2^53 the sum may be rounded, and never to below it.
    if (end === start || end - start > 16) return REFUSED;
    if (bytes[start] === 0x30 && (end - start > 1 || negative)) return REFUSED;
    const signed = negative ? -value : value;
    return signed >= min && signed <= max ? end : REFUSED;
  };
}

/** Accepts an array of so many items. */
export function arrayOf(item: Check, max: number): Check {
  return (at) => {
    if (bytes[at] !== 0x5b) return REFUSED;
    if (bytes[at + 1] === 0x5d) return at + 2;
    let next = at + 1;
    for (let count = 1; count <= max; count++) {
      next = item(next);
      if (next < 0) return REFUSED;
      if (bytes[next] === 0x5d) return next + 1;
      if (bytes[next] !== COMMA) return REFUSED;
      next++;
    }
    return REFUSED;
  };
}

/** Accepts an object of known members, in canonical order: one walk along both. */
export function objectOf(members: readonly Member[]): Check {
  const sorted = [...members].sort((a, b) => (a.name < b.name ? -1 : 1));
  const labels = sorted.map(({ name }) => new TextEncoder().encode(`"${name}":`));
  // The first letter tells most names apart.
  const firsts = sorted.map(({ name }) => name.charCodeAt(0));
  const checks = sorted.map(({ check }) => check);
  const required = sorted.map((member) => member.required);
  const count = sorted.length;
  return (at) => {
    if (bytes[at] !== 0x7b) return REFUSED;
    let member = 0;
    let next = at + 1;
    // An empty object is left to the slow path.
    for (;;) {
      const first = bytes[next + 1];
      while (
        member < count &&
        (firsts[member] !== first || !isAt(labels[member] as Uint8Array, next))
      ) {
        if (required[member] as boolean) return REFUSED;
        member++;
      }
      if (member === count) return REFUSED;
      next = (checks[member] as Check)(next + (labels[member] as Uint8Array).length);
      if (next < 0) return REFUSED;
      member++;
      if (bytes[next] === 0x7d) break;
      if (bytes[next] !== COMMA) return REFUSED;
      next++;
    }
    for (; member < count; member++) if (required[member] as boolean) return REFUSED;
    return next + 1;
  };
}

/** Accepts an object of any names that a check accepts, each above the last. */
export function dictionaryOf(rule: {
  readonly name: Check;
  readonly value: Check;
  readonly max: number;
}): Check {
  return (at) => {
    if (bytes[at] !== 0x7b) return REFUSED;
    if (bytes[at + 1] === 0x7d) return at + 2;
    let next = at + 1;
    let last = -1;
    for (let count = 1; count <= rule.max; count++) {
      const end = rule.name(next);
      if (end < 0 || bytes[end] !== COLON) return REFUSED;
      if (last >= 0 && !isBelow(last, next)) return REFUSED;
      last = next;
      next = rule.value(end + 1);
      if (next < 0) return REFUSED;
      if (bytes[next] === 0x7d) return next + 1;
      if (bytes[next] !== COMMA) return REFUSED;
      next++;
    }
    return REFUSED;
  };
}

/** Accepts any value in canonical form whose strings are plain, with so many open in it. */
export function anyValue(depthMax: number): Check {
  const text = plainString({ min: 0, max: Number.MAX_SAFE_INTEGER, identifier: false });
  const number = integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  const words = [literal('null'), literal('true'), literal('false')].reduce(either);
  const scalar = either(text, either(number, words));
  if (depthMax === 0) return scalar;
  const inner = anyValue(depthMax - 1);
  const max = Number.MAX_SAFE_INTEGER;
  const list = arrayOf(inner, max);
  const dictionary = dictionaryOf({ name: text, value: inner, max });
  return (at) => {
    if (bytes[at] === 0x7b) return dictionary(at);
    return bytes[at] === 0x5b ? list(at) : scalar(at);
  };
}

/** Is the string at one offset below the one at another? Both are plain, so bytes order as UTF-16 does. */
function isBelow(low: number, high: number): boolean {
  for (let i = 1; ; i++) {
    const a = bytes[low + i] as number;
    const b = bytes[high + i] as number;
    if (a !== b) return a === QUOTE || (b !== QUOTE && a < b);
    if (a === QUOTE) return false;
  }
}

function isAt(expected: Uint8Array, at: number): boolean {
  for (let i = 0; i < expected.length; i++) if (bytes[at + i] !== expected[i]) return false;
  return true;
}

/** The plain text between two offsets. */
export function textBetween(start: number, end: number): string {
  let text = '';
  let i = start;
  // Eight at a time: a call for each character costs three times as much, a spread of the bytes four times.
  for (; i + 8 <= end; i += 8) {
    text += String.fromCharCode(
      bytes[i] as number,
      bytes[i + 1] as number,
      bytes[i + 2] as number,
      bytes[i + 3] as number,
      bytes[i + 4] as number,
      bytes[i + 5] as number,
      bytes[i + 6] as number,
      bytes[i + 7] as number,
    );
  }
  for (; i < end; i++) text += String.fromCharCode(bytes[i] as number);
  return text;
}
