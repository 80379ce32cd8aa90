/** Bytes, and what reading them gives: the canonical form, or a refusal. */
export interface ByteCase {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Text of the canonical form, or a code. */
  readonly expect: { readonly canonical: string } | { readonly code: string };
}

const encoder = new TextEncoder();

function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Bytes of a text in which \xNN of the input array stand as they are. */
function mixed(...parts: readonly (string | readonly number[])[]): Uint8Array {
  return new Uint8Array(
    parts.flatMap((part) => (typeof part === 'string' ? [...utf8(part)] : [...part])),
  );
}

function nested(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth);
}

const GOOD: readonly (readonly [string, string, string])[] = [
  ['an empty object', '{}', '{}'],
  ['an empty array', '[]', '[]'],
  ['null alone', 'null', 'null'],
  ['true alone', 'true', 'true'],
  ['a string alone', '"a"', '"a"'],
  ['space everywhere', ' \t\r\n{ "b" : [ 1 , 2 ] , "a" : { } } \n', '{"a":{},"b":[1,2]}'],
  ['zero', '[0]', '[0]'],
  ['minus one', '[-1]', '[-1]'],
  ['the largest integer', '[9007199254740991]', '[9007199254740991]'],
  ['the smallest integer', '[-9007199254740991]', '[-9007199254740991]'],
  ['sixteen digits', '[1000000000000000]', '[1000000000000000]'],
  ['members in any order', '{"b":1,"a":2,"":3}', '{"":3,"a":2,"b":1}'],
  ['members that look like indices', '{"10":1,"9":2,"1":3}', '{"1":3,"10":1,"9":2}'],
  ['__proto__ is data', '{"__proto__":{"a":1},"a":2}', '{"__proto__":{"a":1},"a":2}'],
  ['__proto__ in escapes is data', '{"\\u005f_proto__":1}', '{"__proto__":1}'],
  ['constructor is data', '{"constructor":null,"toString":1}', '{"constructor":null,"toString":1}'],
  ['names that differ in case', '{"a":1,"A":2}', '{"A":2,"a":1}'],
  ['names that differ in composition', '{"\u00e9":1,"e\u0301":2}', '{"e\u0301":2,"\u00e9":1}'],
  ['an escape that need not be', '"\\u0061\\/"', '"a/"'],
  ['escapes with capital digits', '"\\u00E9"', '"\u00e9"'],
  ['the short escapes', '"\\b\\f\\n\\r\\t\\"\\\\"', '"\\b\\f\\n\\r\\t\\"\\\\"'],
  ['control characters as escapes', '"\\u0001\\u001F\\u007f"', '"\\u0001\\u001f\u007f"'],
  [
    'short escapes in long form',
    '"\\u0008\\u000c\\u000A\\u000d\\u0009\\u0022\\u005c"',
    '"\\b\\f\\n\\r\\t\\"\\\\"',
  ],
  ['a pair of surrogates as escapes', '"\\ud83d\\ude00"', '"\u{1f600}"'],
  ['a pair of surrogates as UTF-8', '"\u{1f600}"', '"\u{1f600}"'],
  [
    'order by UTF-16 units, not code points',
    '{"\u{1f600}":1,"\ufb33":2}',
    '{"\u{1f600}":1,"\ufb33":2}',
  ],
  [
    'the sample of RFC 8785 §3.2.3',
    '{"\\u20ac":"Euro Sign","\\r":"Carriage Return","\\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\\ud83d\\ude00":"Emoji: Grinning Face","\\u0080":"Control","\\u00f6":"Latin Small Letter O With Diaeresis"}',
    '{"\\r":"Carriage Return","1":"One","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis","\u20ac":"Euro Sign","\u{1f600}":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
  ],
  ['U+2028 stays as it is', '"\u2028"', '"\u2028"'],
  ['a byte order mark inside a string', '"\ufeff"', '"\ufeff"'],
  ['a noncharacter', '"\uffff"', '"\uffff"'],
  ['nothing is composed', '"e\u0301"', '"e\u0301"'],
  ['sixteen open', nested(16), nested(16)],
];

const BAD: readonly (readonly [string, string | Uint8Array, string])[] = [
  ['nothing', '', 'json.malformed'],
  ['space alone', ' ', 'json.malformed'],
  ['a byte order mark', mixed([0xef, 0xbb, 0xbf], '{}'), 'json.bom'],
  ['a byte order mark behind space', ' \ufeff{}', 'json.malformed'],
  ['UTF-16', mixed([0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]), 'bytes.not-utf8'],
  ['a byte that begins nothing', mixed('"', [0x80], '"'), 'bytes.not-utf8'],
  ['an overlong slash', mixed('"', [0xc0, 0xaf], '"'), 'bytes.not-utf8'],
  ['an overlong quote', mixed([0xc0, 0xa2], 'a"'), 'bytes.not-utf8'],
  ['a surrogate as UTF-8', mixed('"', [0xed, 0xa0, 0x80], '"'), 'bytes.not-utf8'],
  [
    'a pair of surrogates as UTF-8 (CESU-8)',
    mixed('"', [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80], '"'),
    'bytes.not-utf8',
  ],
  ['a code point above U+10FFFF', mixed('"', [0xf4, 0x90, 0x80, 0x80], '"'), 'bytes.not-utf8'],
  ['UTF-8 that is cut', mixed('"', [0xe2, 0x82]), 'bytes.not-utf8'],
  ['minus zero', '[-0]', 'json.number'],
  ['a fraction of zero', '[1.0]', 'json.number'],
  ['a fraction', '[0.5]', 'json.number'],
  ['an exponent', '[1e3]', 'json.number'],
  ['a capital exponent', '[1E0]', 'json.number'],
  ['a leading zero', '[01]', 'json.number'],
  ['a leading zero behind a minus', '[-01]', 'json.number'],
  ['two zeroes', '[00]', 'json.number'],
  ['2^53', '[9007199254740992]', 'json.number'],
  ['-2^53', '[-9007199254740992]', 'json.number'],
  ['2^53 + 1', '[9007199254740993]', 'json.number'],
  ['a fraction that rounds to an integer', '[9007199254740990.6]', 'json.number'],
  ['seventeen digits', '[10000000000000000]', 'json.number'],
  ['a plus', '[+1]', 'json.malformed'],
  ['a bare minus', '[-]', 'json.malformed'],
  ['a bare point', '[.5]', 'json.malformed'],
  ['NaN', '[NaN]', 'json.malformed'],
  ['Infinity', '[Infinity]', 'json.malformed'],
  ['a number in hex', '[0x10]', 'json.malformed'],
  ['a number with a digit of another script', '[\u0661]', 'json.malformed'],
  ['a member twice', '{"a":1,"a":1}', 'json.duplicate-member'],
  ['a member twice, once in escapes', '{"a":1,"\\u0061":2}', 'json.duplicate-member'],
  ['a member twice, deep', '{"x":[{"a":1,"b":2,"a":3}]}', 'json.duplicate-member'],
  ['__proto__ twice', '{"__proto__":1,"__proto__":2}', 'json.duplicate-member'],
  ['an empty name twice', '{"":1,"":2}', 'json.duplicate-member'],
  [
    'a name beyond the plane twice, once in escapes',
    '{"\u{1f600}":1,"\\ud83d\\ude00":2}',
    'json.duplicate-member',
  ],
  ['a high surrogate alone', '"\\ud800"', 'json.surrogate'],
  ['a low surrogate alone', '"\\udc00"', 'json.surrogate'],
  ['surrogates in the wrong order', '"\\ude00\\ud83d"', 'json.surrogate'],
  ['a high surrogate before a letter', '"\\ud83dx"', 'json.surrogate'],
  ['a lone surrogate in a name', '{"\\ud800":1}', 'json.surrogate'],
  ['NUL as an escape', '"\\u0000"', 'json.malformed'],
  ['NUL as a byte', '"\u0000"', 'json.malformed'],
  ['a newline in a string', '"a\nb"', 'json.malformed'],
  ['a tab in a string', '"a\tb"', 'json.malformed'],
  ['an unknown escape', '"\\x41"', 'json.malformed'],
  ['an escaped quote mark of another kind', '"\\\'"', 'json.malformed'],
  ['an escape of three digits', '"\\u12"', 'json.malformed'],
  ['an escape with a letter', '"\\u00g0"', 'json.malformed'],
  ['a string that does not end', '"abc', 'json.malformed'],
  ['a string that ends in a backslash', '"abc\\"', 'json.malformed'],
  ['single quotes', "{'a':1}", 'json.malformed'],
  ['a name without quotes', '{a:1}', 'json.malformed'],
  ['a name that is a number', '{1:1}', 'json.malformed'],
  ['a comma at the end of an object', '{"a":1,}', 'json.malformed'],
  ['a comma at the end of an array', '[1,]', 'json.malformed'],
  ['a comma alone', '[,]', 'json.malformed'],
  ['no comma', '[1 2]', 'json.malformed'],
  ['no colon', '{"a" 1}', 'json.malformed'],
  ['a comment', '{}//x', 'json.malformed'],
  ['a comment inside', '[/**/]', 'json.malformed'],
  ['a second value', '{}{}', 'json.malformed'],
  ['a NUL behind the value', '{}\u0000', 'json.malformed'],
  ['brackets that cross', '[{]}', 'json.malformed'],
  ['an array that does not end', '[1', 'json.malformed'],
  ['a word in capitals', '[True]', 'json.malformed'],
  ['a word that goes on', '[nulll]', 'json.malformed'],
  ['undefined', '[undefined]', 'json.malformed'],
  ['a space of another kind', '[\u00a01]', 'json.malformed'],
  ['a form feed as space', '[\f1]', 'json.malformed'],
  ['seventeen open', nested(17), 'json.too-deep'],
  ['ten thousand open', '['.repeat(10_000), 'json.too-deep'],
  ['seventeen open, objects too', `${'{"a":['.repeat(8)}[`, 'json.too-deep'],
];

/** Byte-level cases of strict JSON. */
export function byteCases(): readonly ByteCase[] {
  return [
    ...GOOD.map(([name, text, canonical]) => ({ name, bytes: utf8(text), expect: { canonical } })),
    ...BAD.map(([name, input, code]) => ({
      name,
      bytes: typeof input === 'string' ? utf8(input) : input,
      expect: { code },
    })),
  ];
}
