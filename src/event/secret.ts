import { literalScan } from './literal-scan.ts';
import { SECRET_PATTERNS } from './secret-patterns.ts';
import type { JsonValue } from './strict-json.ts';

/**
 * The name of the pattern of a usable secret in an event, or null. It is never the secret. (spec/5-submission.md §7)
 *
 * One pass looks for the few literals that secrets begin with; patterns are matched where one is found, and then the
 * strings and names one by one, without the digests that the schema knows as digests: `sd`, `src.prev`, `ctx.seen`.
 *
 * @param canonical  canonical form of an event, or any other text
 */
export function findSecret(canonical: Uint8Array): string | null {
  const groups = scan(canonical);
  if (groups === 0) return null;
  const text = decoder.decode(canonical);
  for (const [group, { name, pattern }] of SECRET_PATTERNS.entries()) {
    if (!hasGroup(groups, group) || !pattern.test(text)) continue;
    if (stringsOf(text).some((part) => pattern.test(part))) return name;
  }
  return null;
}

/** The name of the pattern of a usable secret in a text, or null. */
export function secretInText(text: string): string | null {
  return SECRET_PATTERNS.find(({ pattern }) => pattern.test(text))?.name ?? null;
}

const decoder = new TextDecoder();
const scan = literalScan(
  SECRET_PATTERNS.flatMap(({ literals }, group) => literals.map((text) => ({ text, group }))),
);

function hasGroup(groups: number, group: number): boolean {
  return Math.floor(groups / 2 ** group) % 2 === 1;
}

/**
 * What to judge: every string, every name, and each string with the name before it, as `name: string`. All of them
 * together come last, for what is a secret only beside another.
 */
function stringsOf(text: string): readonly string[] {
  const strings: string[] = [];
  // A stack and not recursion: of a text that is no event nobody knows the depth.
  const open: { readonly value: JsonValue; readonly pointer: string }[] = [
    { value: jsonOf(text), pointer: '' },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, pointer } = next;
    if (typeof value === 'string') strings.push(value);
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, member] of Object.entries(value)) {
      const at = `${pointer}/${name}`;
      if (!Array.isArray(value)) strings.push(name);
      if (DIGESTS.has(at)) continue;
      if (typeof member === 'string') strings.push(`${name}: ${member}`);
      open.push({ value: member, pointer: at });
    }
  }
  return [...strings, strings.join('\n')];
}

const DIGESTS: ReadonlySet<string> = new Set(['/sd', '/src/prev', '/ctx/seen']);

function jsonOf(text: string): JsonValue {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
