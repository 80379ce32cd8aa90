/** A generator of pseudo-random integers 0 ≤ n < bound from a seed: the same seed, the same run. */
export function dice(seed: number): (bound: number) => number {
  let state = seed >>> 0;
  return (bound) => {
    // Mulberry32.
    state = (state + 0x6d2b79f5) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 15), z | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) % bound;
  };
}

const TOKENS = [
  ...['"', '\\', '{', '}', '[', ']', ',', ':', ' ', '\n', '0', '-', '-0', '01', '1e1', '1.0', '.'],
  ...['9007199254740991', '9007199254740992', 'null', 'true', 'false', '{}', '[]', '""', '\\u0041'],
  ...['\u200b', '\u00e9', '\u0000', '\u007f', ' "', '" ', '~', '~1', '/', 'Z', '2026-02-29', '60'],
  ...[
    '"a":1',
    '"__proto__":{}',
    '"ext":{"a.b":[1]}',
    '"sd":{}',
    '"phase":"point"',
    '"seq":0',
    '"prev":null',
    '"epoch":"b"',
  ],
];

/** Bytes near others: a few places changed, from a byte to a swap of members; often still an event. */
export function mutate(
  source: Uint8Array,
  other: Uint8Array,
  roll: (bound: number) => number,
): Uint8Array {
  let bytes = Array.from(source);
  for (let changes = roll(4) === 0 ? 2 : 1; changes > 0; changes--) {
    const at = roll(bytes.length);
    const length = roll(12);
    switch (roll(12)) {
      case 0:
        bytes[at] = roll(256);
        break;
      case 1:
        bytes[at] = 0x20 + roll(0x5f);
        break;
      case 2:
      case 8:
      case 9:
      case 10:
        // A letter for a letter: mostly still the same kind of event.
        bytes[at] = inside(bytes, at) ? 0x61 + roll(26) : (bytes[at] as number);
        break;
      case 3:
        bytes.splice(at, length);
        break;
      case 4:
        bytes.splice(at, 0, ...bytes.slice(at, at + length));
        break;
      case 5:
        bytes.splice(at, roll(4), ...new TextEncoder().encode(TOKENS[roll(TOKENS.length)]));
        break;
      case 6:
        bytes.splice(at, length, ...other.subarray(at, at + roll(40)));
        break;
      case 7:
        bytes = swapMembers(bytes, roll);
        break;
      default:
        bytes = dropMember(bytes, roll);
    }
    if (bytes.length === 0) return new Uint8Array([0x7b]);
  }
  return Uint8Array.from(bytes);
}

function inside(bytes: readonly number[], at: number): boolean {
  const byte = bytes[at] as number;
  return byte >= 0x61 && byte <= 0x7a;
}

/** Offsets of commas: where members and items meet, more or less. */
function commas(bytes: readonly number[]): number[] {
  return bytes.flatMap((byte, at) => (byte === 0x2c ? [at] : []));
}

function swapMembers(bytes: number[], roll: (bound: number) => number): number[] {
  const places = commas(bytes);
  if (places.length < 3) return bytes;
  const first = roll(places.length - 2);
  const [a = 0, b = 0, c = 0] = places.slice(first, first + 3);
  return [...bytes.slice(0, a), ...bytes.slice(b, c), ...bytes.slice(a, b), ...bytes.slice(c)];
}

function dropMember(bytes: number[], roll: (bound: number) => number): number[] {
  const places = commas(bytes);
  if (places.length < 2) return bytes;
  const first = roll(places.length - 1);
  return [...bytes.slice(0, places[first]), ...bytes.slice(places[first + 1])];
}
