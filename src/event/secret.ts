import { utf8 } from '../core/bytes.ts';
import { literalScan, unite } from './literal-scan.ts';
import { SECRET_PATTERNS } from './secret-patterns.ts';
import type { JsonValue } from './strict-json.ts';

/**
 * The name of the pattern of a usable secret in an event, or null. It is never the secret. (spec/5-submission.md §7)
 *
 * Everything in it is judged but what the schema knows as digests: the values of `sd`, `src.prev`, `ctx.seen`.
 *
 * @param canonical  canonical form of an event that holds to the schema
 */
export function findSecretInEvent(canonical: Uint8Array): string | null {
  return find(canonical, DIGESTS_OF_EVENTS);
}

/** The name of the pattern of a usable secret in JSON, or in any other text, or null. */
export function findSecret(bytes: Uint8Array): string | null {
  return find(bytes, NO_DIGESTS);
}

/**
 * One pass looks for the few literals that secrets begin with; patterns are matched where one is found, and then the
 * strings and names one by one. Percent escapes are read as what they stand for, too.
 */
function find(bytes: Uint8Array, digests: ReadonlySet<string>): string | null {
  let groups = scan(bytes);
  if (groups === 0) return null;
  const text = decoder.decode(bytes);
  let all = text;
  if (hasGroup(groups, ESCAPES)) {
    const plain = unescaped(text);
    groups = unite(groups, scan(utf8(plain)));
    all += `\n${plain}`;
  }
  let strings: readonly string[] | undefined;
  for (const [group, { name, pattern }] of SECRET_PATTERNS.entries()) {
    if (!hasGroup(groups, group) || !pattern.test(all)) continue;
    strings ??= stringsOf(text, digests);
    if (strings.some((part) => pattern.test(part))) return name;
  }
  return null;
}

/** The name of the pattern of a usable secret in a text, or null. */
export function secretInText(text: string): string | null {
  const plain = unescaped(text);
  const found = SECRET_PATTERNS.find(({ pattern }) => pattern.test(text) || pattern.test(plain));
  return found?.name ?? null;
}

const decoder = new TextDecoder();
const ESCAPES = SECRET_PATTERNS.length;
const scan = literalScan([
  ...SECRET_PATTERNS.flatMap(({ literals }, group) => literals.map((text) => ({ text, group }))),
  // Of what secrets and their names are parted by.
  ...['%20', '%22', '%2B', '%2F', '%3A', '%3D', '%40', '%2b', '%2f', '%3a', '%3d'].map((text) => {
    return { text, group: ESCAPES };
  }),
]);

function hasGroup(groups: number, group: number): boolean {
  return Math.floor(groups / 2 ** group) % 2 === 1;
}

/** A text with the percent escapes of ASCII read once. */
function unescaped(text: string): string {
  return text.replaceAll(/%([0-7][0-9A-Fa-f])/g, (_, code: string) => {
    return String.fromCharCode(Number.parseInt(code, 16));
  });
}

/**
 * What to judge: every string, every name, and each string with the name before it, as `name: string`, also where it is
 * in a list of that name. All of them together come last, for what is a secret only beside another.
 */
function stringsOf(text: string, digests: ReadonlySet<string>): readonly string[] {
  const strings: string[] = [];
  // A stack and not recursion: of a text that is no event nobody knows the depth.
  const open: { readonly value: JsonValue; readonly pointer: string; readonly name: string }[] = [
    { value: jsonOf(text), pointer: '', name: '' },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, pointer } = next;
    if (typeof value === 'string') strings.push(value);
    if (typeof value !== 'object' || value === null) continue;
    const isList = Array.isArray(value);
    for (const [step, member] of Object.entries(value)) {
      const at = `${pointer}/${step}`;
      const name = isList ? next.name : step;
      if (!isList) strings.push(name);
      if (digests.has(at) || digests.has(`${pointer}/*`)) continue;
      if (typeof member === 'string') strings.push(`${name}: ${member}`);
      open.push({ value: member, pointer: at, name });
    }
  }
  const escaped = strings.filter((part) => part.includes('%')).map(unescaped);
  return [...strings, ...escaped, strings.join('\n')];
}

/** Values alone: the names in `sd` are texts of the source. */
const DIGESTS_OF_EVENTS: ReadonlySet<string> = new Set(['/sd/*', '/src/prev', '/ctx/seen']);
const NO_DIGESTS: ReadonlySet<string> = new Set();

function jsonOf(text: string): JsonValue {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
