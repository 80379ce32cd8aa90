import { TransparencyError } from '../core/error.ts';
import { scanArrayItems } from '../event/array-items.ts';

/** How a body holds its items, and how the answers are held. */
export type ItemsForm = 'one' | 'array' | 'lines';

/** The items of a body, in its order. */
export interface Items {
  readonly form: ItemsForm;
  readonly items: readonly Uint8Array[];
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const OPEN_BRACKET = 0x5b;

/** Media types of one item or an array of them, and of lines. */
const FORMS: ReadonlyMap<string, 'json' | 'lines'> = new Map([
  ['application/json', 'json'],
  ['application/x-ndjson', 'lines'],
  ['application/ndjson', 'lines'],
  ['application/jsonl', 'lines'],
]);

/**
 * The form that a `Content-Type` names. A charset other than UTF-8 is refused, other parameters say nothing.
 *
 * @throws {TransparencyError} request.bad-content-type, also where there is none: a page could leave it out
 */
export function formOfContentType(contentType: string | undefined): 'json' | 'lines' {
  // The type nearly every request names, without taking it apart.
  if (contentType === 'application/json') return 'json';
  const [type = '', ...parameters] = (contentType ?? '').split(';');
  const form = FORMS.get(type.trim().toLowerCase());
  if (form === undefined) {
    throw new TransparencyError(
      'request.bad-content-type',
      'Content-Type must be application/json or application/x-ndjson',
    );
  }
  for (const parameter of parameters) {
    const [name = '', value = ''] = parameter.split('=');
    if (name.trim().toLowerCase() !== 'charset') continue;
    if (!/^"?utf-8"?$/i.test(value.trim())) {
      throw new TransparencyError('request.bad-content-type', 'charset must be UTF-8');
    }
  }
  return form;
}

/**
 * Splits a body into its items, which are views of it. Items are not parsed here, so one that is malformed is refused
 * alone: in lines always, in an array as long as the array's own brackets and commas hold.
 *
 * @throws {TransparencyError} submission.empty, submission.too-many-items, json.malformed (the array itself)
 */
export function splitItems(body: Uint8Array, form: 'json' | 'lines', itemsMax: number): Items {
  if (form === 'lines') return checked({ form, items: splitLines(body, itemsMax) }, itemsMax);
  if (firstByte(body) !== OPEN_BRACKET) return checked({ form: 'one', items: [body] }, itemsMax);
  return checked({ form: 'array', items: scanArrayItems(body, { itemsMax }) }, itemsMax);
}

function checked(items: Items, itemsMax: number): Items {
  const [first] = items.items;
  if (first === undefined || (items.form === 'one' && firstByte(first) === undefined)) {
    throw new TransparencyError('submission.empty', 'no item in the body');
  }
  if (items.items.length > itemsMax) {
    throw new TransparencyError('submission.too-many-items', `more than ${itemsMax} items`);
  }
  return items;
}

/** Lines end with LF; a CR before it is white space of JSON. Empty lines are dropped at the end only. */
function splitLines(body: Uint8Array, itemsMax: number): readonly Uint8Array[] {
  let end = body.length;
  while (end > 0 && isLineEnd(body[end - 1])) end--;
  const lines: Uint8Array[] = [];
  for (let start = 0; start < end && lines.length <= itemsMax; ) {
    const feed = body.indexOf(LINE_FEED, start);
    const stop = feed < 0 || feed > end ? end : feed;
    lines.push(body.subarray(start, stop));
    start = stop + 1;
  }
  return lines;
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === LINE_FEED || byte === CARRIAGE_RETURN;
}

/** The first byte that is not white space of JSON. */
function firstByte(body: Uint8Array): number | undefined {
  for (const byte of body) {
    if (byte !== 0x20 && byte !== 0x09 && byte !== LINE_FEED && byte !== CARRIAGE_RETURN) {
      return byte;
    }
  }
  return undefined;
}
