import { sha256 } from '#sha256';
import { utf8 } from '../core/bytes.ts';
import { hex } from '../core/hex.ts';
import { isIdentifier } from '../event/identifier.ts';
import type { Shape } from './shapes.generated.ts';

/** A text that fits its place, and whether it is another than the one that was sent. */
export interface FittedText {
  readonly text: string;
  readonly altered: boolean;
}

/** The shape of a place that holds a text. */
export type TextShape = Extract<Shape, { readonly type: 'text' }>;

/**
 * The text as its place in the event can hold it, or undefined if it cannot. (spec/12-ingest.md §4)
 *
 * What cannot be told apart by looking is written out (`\u{200b}`), what is too long is cut and ends in a part of its
 * digest: two texts that differ stay different.
 */
export function fitText(text: string, shape: TextShape): FittedText | undefined {
  if (text === '') return undefined;
  if (shape.pattern !== undefined) return fitPattern(text, shape, shape.pattern);
  const max = shape.max ?? Number.POSITIVE_INFINITY;
  // A code point is one or two units: whatever is not longer in units fits.
  if (text.length <= max && (shape.identifier !== true || isIdentifier(text))) {
    return { text, altered: false };
  }
  const clean = shape.identifier === true ? identifierOf(text) : text;
  const fitted = cut(clean, max, text);
  return { text: fitted, altered: fitted !== text };
}

/** Places whose characters are few, and where another spelling is better than none. */
const SPELLED: ReadonlyMap<string, RegExp> = new Map([
  ['^[A-Za-z0-9._:~-]+$', /[^A-Za-z0-9._:~-]/g],
  ['^[A-Za-z0-9._:/-]+$', /[^A-Za-z0-9._:/-]/g],
]);

function fitPattern(text: string, shape: TextShape, pattern: string): FittedText | undefined {
  const max = shape.max ?? Number.POSITIVE_INFINITY;
  if (patternOf(pattern).test(text) && text.length <= max) return { text, altered: false };
  const others = SPELLED.get(pattern);
  if (others === undefined) return undefined;
  const spelled = text.replace(others, '_');
  const digest = digestOf(text);
  return { text: `${spelled.slice(0, max - digest.length - 1)}:${digest}`, altered: true };
}

const patterns = new Map<string, RegExp>();

function patternOf(source: string): RegExp {
  const known = patterns.get(source);
  if (known !== undefined) return known;
  const pattern = new RegExp(source);
  patterns.set(source, pattern);
  return pattern;
}

/** NFC, with everything that no identifier may hold written out. */
function identifierOf(text: string): string {
  let clean = '';
  for (const character of text.normalize('NFC')) {
    clean += isIdentifier(`a${character}a`) ? character : escapeOf(character);
  }
  if (clean.startsWith(' ')) clean = escapeOf(' ') + clean.slice(1);
  if (clean.endsWith(' ')) clean = clean.slice(0, -1) + escapeOf(' ');
  // Some characters only compose badly with their neighbours.
  return isIdentifier(clean) ? clean : `sha256:${digestOf(text)}`;
}

function escapeOf(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

function cut(text: string, max: number, original: string): string {
  if (text.length <= max) return text;
  const points = Array.from(text);
  if (points.length <= max) return text;
  const digest = digestOf(original);
  return `${points
    .slice(0, max - digest.length - 1)
    .join('')
    .trimEnd()}~${digest}`;
}

/** 16 digits of the SHA-256: what is cut is long, so nobody finds it by trying. */
function digestOf(text: string): string {
  return hex(sha256(utf8(text)).subarray(0, 8));
}
