/** A part of a pattern: so many bytes, one after another, of a set of ASCII. */
export interface PatternRun {
  /** 1 for each byte of the set; 256 long. */
  readonly set: Uint8Array;
  readonly min: number;
  readonly max: number;
}

/**
 * A regular expression as runs, if it is that simple: `^`, then sets or characters with `*`, `+`, `{n}` or nothing, all
 * but the last of one fixed length, then `$`. Anything else is null, and its matcher is the regular expression itself.
 */
export function patternRuns(pattern: string): readonly PatternRun[] | null {
  const whole = /^\^(.*)\$$/.exec(pattern)?.[1];
  if (whole === undefined) return null;
  const runs: PatternRun[] = [];
  let at = 0;
  while (at < whole.length) {
    ATOM.lastIndex = at;
    const found = ATOM.exec(whole);
    const last = runs.at(-1);
    if (found === null || (last !== undefined && last.min !== last.max)) return null;
    const [text, set, character, star, plus, count] = found;
    const members = set === undefined ? oneOf(character ?? '') : setOf(set);
    if (members === null) return null;
    const fixed = count === undefined ? 1 : Number(count);
    const many = star !== undefined || plus !== undefined;
    runs.push({
      set: members,
      min: star === undefined ? fixed : 0,
      max: many ? Number.MAX_SAFE_INTEGER : fixed,
    });
    at += text.length;
  }
  return runs;
}

// A set without negation or escapes, or a character that means itself; then what counts it.
const ATOM = /(?:\[([^\]^\\][^\]\\]*)\]|([A-Za-z0-9=:/]))(?:(\*)|(\+)|\{([0-9]+)\})?/y;

function oneOf(character: string): Uint8Array {
  const members = new Uint8Array(256);
  members[character.charCodeAt(0)] = 1;
  return members;
}

/** The set of `a-z0-9._-`: ranges, and characters that mean themselves. */
function setOf(text: string): Uint8Array | null {
  const members = new Uint8Array(256);
  for (let i = 0; i < text.length; i++) {
    const from = text.charCodeAt(i);
    const isRange = text[i + 1] === '-' && i + 2 < text.length;
    const to = isRange ? text.charCodeAt(i + 2) : from;
    if (from > to || to > 0x7e) return null;
    members.fill(1, from, to + 1);
    if (isRange) i += 2;
  }
  return members;
}
