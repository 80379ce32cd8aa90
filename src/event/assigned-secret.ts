/**
 * True for a text in which something that is named a password, a secret, a token or a key of an API is given a value
 * that looks drawn by a generator: `password=…`, `"client_secret": "…"`, `--token …`. (spec/5-submission.md §7)
 *
 * Randomness alone is no sign, since identifiers of credentials are random too; beside such a name it is one. Values
 * that are struck out, digests, paths and words are none.
 */
export function holdsAssignedSecret(text: string): boolean {
  for (const [, strong, weak, value = ''] of text.matchAll(ASSIGNMENT)) {
    if (NO_SECRET.test(value)) continue;
    const parts = value.split(/[/._:-]/);
    if (strong !== undefined && parts.some((part) => isRandom(part, 8, 0.2))) return true;
    if (weak !== undefined && parts.some((part) => isRandom(part, 16, 0.3))) return true;
  }
  return false;
}

/** What stands behind a name; a backslash, where JSON stands in a string of JSON. */
const ENDS = ['=', ':', '":', '\\', "'", ' '] as const;

/** One of them occurs wherever `holdsAssignedSecret` is true of the text of a string, or of canonical JSON. */
export const ASSIGNED_SECRET_LITERALS: readonly string[] = [
  ...['assword', 'asswd', 'assphrase', 'pwd', 'ecret', 'oken', 'ecret_key', 'ecret-key'],
  ...['ecretkey', 'ecretKey', 'pi_key', 'pi-key', 'pikey', 'piKey', 'pi-Key', 'rivate_key'],
  ...['rivate-key', 'rivateKey', 'uth_key', 'uth-key', 'uthKey'],
].flatMap((stem) => [stem, stem.toUpperCase()].flatMap((name) => ENDS.map((end) => name + end)));

/** Names of what is always to be kept, and names that may also be of an identifier: these want more to convince. */
const STRONG =
  'pass(?:word|wd|phrase)|pwd|(?:client|app|shared|consumer|webhook|signing|api|oauth|jwt|master)[_-]?secret|secret[_-]?key|(?:api|private|auth)[_-]?key|(?:access|auth|api|refresh|bearer|private|deploy|bot|oauth|vault|github|gitlab)[_-]?token';
const WEAK = '(?<![A-Za-z0-9_-])(?:secret|token)';
const ASSIGNMENT = new RegExp(
  `(?:(${STRONG})|(${WEAK}))(?:[\\\\"']{0,8} {0,3}[:=] {0,3}|(?<=--[a-z-]{1,24}) {1,3})[\\\\"']{0,8}([^\\s"'\\\\,;&<>(){}[\\]]{8,512})`,
  'gi',
);

/** What begins like a digest, a reference or a place. */
const NO_SECRET = /^(?:hmac-|sha[0-9]|sub:|vault:|arn:|urn:|spiffe:|https?:|\*|x{3}|[$%<[{])/i;

/**
 * Letters of both cases and digits, changing as often as drawn ones do: at about six places of ten. Where a word begins
 * with a capital is one change and not two.
 *
 * @param share  changes, of all places
 */
function isRandom(text: string, lengthMin: number, share: number): boolean {
  if (
    text.length < lengthMin ||
    !/[a-z]/.test(text) ||
    !/[A-Z]/.test(text) ||
    !/[0-9]/.test(text)
  ) {
    return false;
  }
  return (text.match(CHANGE)?.length ?? 0) >= share * text.length;
}

const CHANGE = /[a-z](?=[A-Z0-9])|[0-9](?=[A-Za-z])|[A-Z](?=[0-9])|(?<=[A-Z0-9])[A-Z](?=[a-z])/g;
