import { utf8Text } from '../core/bytes.ts';
import { canonicalJson } from '../event/canonical.ts';
import type { JsonValue } from '../event/strict-json.ts';
import { fitText } from './fit.ts';
import type { Conversion } from './mapping-file.ts';
import { SHAPES, type Shape } from './shapes.generated.ts';
import { WIRE_DEPTH_MAX } from './wire-json.ts';
import { wireTime } from './wire-time.ts';

/** A value that fits its place. */
export interface FieldValue {
  readonly value: JsonValue;
  /** True: it is not the whole of what was sent. */
  readonly altered: boolean;
}

/** The shape of a place, `*` for any index; undefined where anything may stand: in `body` and `ext`. */
export function shapeOf(pointer: string): Shape | undefined {
  return SHAPES[pointer.replaceAll(/\/[0-9]+(?=\/|$)/g, '/*')];
}

/**
 * The value of a text for a place of a shape, or undefined if that place cannot hold it.
 *
 * @param pointer  of the place, for what `SHAPES` knows of the items of a list
 */
export function fieldValue(
  input: JsonValue,
  place: { readonly pointer: string; readonly shape: Shape | undefined },
  as: Conversion | undefined,
): FieldValue | undefined {
  const { shape, pointer } = place;
  if (shape === undefined) return { value: input, altered: false };
  if (shape.type === 'array') return listValue(input, { pointer, max: shape.max }, as);
  const text = textOf(input, as);
  if (text === undefined) return undefined;
  switch (shape.type) {
    case 'integer': {
      const value = Number(text);
      return /^(?:0|[1-9][0-9]*)$/.test(text) && Number.isSafeInteger(value)
        ? whole(value)
        : undefined;
    }
    case 'boolean':
      return text === 'true' ? whole(true) : text === 'false' ? whole(false) : undefined;
    case 'time': {
      const time = wireTime(text, TIME_UNITS.has(as ?? '') ? (as as 'seconds') : 'rfc3339');
      return time === undefined ? undefined : whole(time);
    }
    case 'enum':
      return shape.values.includes(text) ? whole(text) : undefined;
    default: {
      const fitted = fitText(text, shape);
      return fitted && { value: fitted.text, altered: fitted.altered };
    }
  }
}

const TIME_UNITS: ReadonlySet<string> = new Set([
  'seconds',
  'milliseconds',
  'nanoseconds',
  'aws-date',
]);

function whole(value: JsonValue): FieldValue {
  return { value, altered: false };
}

function textOf(input: JsonValue, as: Conversion | undefined): string | undefined {
  if (as === 'json') {
    if (input === null) return undefined;
    return utf8Text(canonicalJson(input, { depthMax: WIRE_DEPTH_MAX + 2 }));
  }
  if (typeof input !== 'string' && typeof input !== 'number' && typeof input !== 'boolean') {
    return undefined;
  }
  const text = String(input);
  if (as === 'lower') return text.toLowerCase();
  if (as === 'hex') return /^[0-9A-Fa-f]+$/.test(text) ? text.toLowerCase() : undefined;
  if (as === 'not-zero') return /^[0-]*$/.test(text) ? undefined : text;
  return text;
}

function listValue(
  input: JsonValue,
  list: { readonly pointer: string; readonly max: number },
  as: Conversion | undefined,
): FieldValue | undefined {
  const parts = partsOf(input, as);
  if (parts === undefined) return undefined;
  const place = { pointer: list.pointer, shape: SHAPES[`${list.pointer}/*`] };
  const values: JsonValue[] = [];
  let altered = parts.length > list.max;
  for (const part of parts.slice(0, list.max)) {
    const one = fieldValue(part, place, undefined);
    if (one !== undefined) values.push(one.value);
    altered ||= one?.altered ?? true;
  }
  return values.length === 0 ? undefined : { value: values, altered };
}

function partsOf(input: JsonValue, as: Conversion | undefined): readonly JsonValue[] | undefined {
  if (Array.isArray(input)) return input;
  if (typeof input !== 'string') return undefined;
  const separator = as === 'words' ? /\s+/ : as === 'commas' ? /\s*,\s*/ : undefined;
  return separator === undefined ? [input] : input.split(separator).filter((part) => part !== '');
}
