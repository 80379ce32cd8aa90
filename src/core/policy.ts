import { concat, equalBytes, utf8, utf8Text } from './bytes.ts';
import { TransparencyError } from './error.ts';
import { formatVkey, KEY_TYPE, parseVkey, type VerifierKey } from './vkey.ts';

/** A log whose checkpoints are accepted. The name of its key is its origin. */
export interface PolicyLog {
  readonly key: VerifierKey;
  readonly url: string | null;
}

/** A witness; its name has a meaning inside of the policy only. */
export interface PolicyWitness {
  readonly name: string;
  readonly key: VerifierKey;
  /** Submission prefix of tlog-witness. */
  readonly url: string | null;
}

/** A group witnesses what at least `threshold` of its members witness. */
export interface PolicyGroup {
  readonly name: string;
  /** 1 ≤ threshold ≤ members.length */
  readonly threshold: number;
  /** Witnesses and groups that stand before this one. */
  readonly members: readonly string[];
}

/** Which logs are accepted, and whose cosignatures suffice. (C2SP tlog-policy) */
export interface Policy {
  readonly logs: readonly PolicyLog[];
  readonly witnesses: readonly PolicyWitness[];
  readonly groups: readonly PolicyGroup[];
  /** Name of a witness or a group; null for `quorum none`. */
  readonly quorum: string | null;
}

/** Longest policy file, in bytes, and most lines of it. */
export const POLICY_BYTES_MAX = 65_536;
export const POLICY_LINES_MAX = 1_000;

/**
 * Reads a policy file. Names are octet strings: compared as they stand, never normalised. (C2SP tlog-policy,
 * spec/7-proof-file.md §3)
 *
 * @param file  its bytes, or its text
 * @throws {TransparencyError} policy.malformed, naming the line
 */
export function parsePolicy(file: Uint8Array | string): Policy {
  const lines = octetsOf(typeof file === 'string' ? utf8(file) : file).split('\n');
  if (lines.length > POLICY_LINES_MAX + 1) throw malformed(`more than ${POLICY_LINES_MAX} lines`);
  const draft: Draft = { logs: [], witnesses: [], groups: [], names: new Set(), used: new Set() };
  lines.forEach((line, at) => {
    const words = line.split(/[ \t]+/).filter((word) => word !== '');
    const [keyword = '', ...rest] = words;
    if (keyword === '' || keyword.startsWith('#')) return;
    try {
      readLine(draft, keyword, rest.map(wordOf));
    } catch (cause) {
      const why = cause instanceof TransparencyError ? cause.message : 'unreadable';
      throw new TransparencyError('policy.malformed', `line ${at + 1}: ${why}`, { cause });
    }
  });
  const { logs, witnesses, groups, quorum } = draft;
  if (quorum === undefined) throw malformed('no quorum line');
  return { logs, witnesses, groups, quorum };
}

/** The policy as a file: logs, witnesses, groups, quorum, one space between words. */
export function formatPolicy(policy: Policy): Uint8Array {
  const lines: (string | null)[][] = [
    ...policy.logs.map(({ key, url }) => ['log', formatVkey(key), url]),
    ...policy.witnesses.map(({ name, key, url }) => ['witness', name, formatVkey(key), url]),
    ...policy.groups.map(({ name, threshold, members }) => {
      return ['group', name, `${threshold}`, ...members];
    }),
    ['quorum', policy.quorum ?? 'none'],
  ];
  const bytes = concat(...lines.map(formatLine));
  parsePolicy(bytes);
  return bytes;
}

function formatLine(words: readonly (string | null)[]): Uint8Array {
  const parts = words.filter((word) => word !== null).map(octetsOfWord);
  return concat(
    ...parts.flatMap((part, at) => [at === 0 ? utf8('') : utf8(' '), part]),
    utf8('\n'),
  );
}

interface Draft {
  readonly logs: PolicyLog[];
  readonly witnesses: PolicyWitness[];
  readonly groups: PolicyGroup[];
  /** Names of witnesses and groups so far. */
  readonly names: Set<string>;
  /** Names that are a member already. */
  readonly used: Set<string>;
  quorum?: string | null;
}

function readLine(draft: Draft, keyword: string, words: readonly string[]): void {
  if (keyword === 'log') readLog(draft, words);
  else if (keyword === 'witness') readWitness(draft, words);
  else if (keyword === 'group') readGroup(draft, words);
  else if (keyword === 'quorum') readQuorum(draft, words);
  else throw malformed('a line is of another kind than log, witness, group, quorum');
}

function readLog(draft: Draft, words: readonly string[]): void {
  const [vkey, url = null, ...more] = words;
  if (vkey === undefined || more.length > 0) throw malformed('not "log <vkey> [<url>]"');
  const key = parseVkey(vkey);
  if (key.type === KEY_TYPE.cosignature) throw malformed('the key of a witness on a log line');
  checkNewKey(key, draft.logs);
  draft.logs.push({ key, url });
}

function readWitness(draft: Draft, words: readonly string[]): void {
  const [name, vkey, url = null, ...more] = words;
  if (name === undefined || vkey === undefined || more.length > 0) {
    throw malformed('not "witness <name> <vkey> [<url>]"');
  }
  const key = parseVkey(vkey);
  if (key.type !== KEY_TYPE.cosignature && key.type !== KEY_TYPE.mlDsa44) {
    throw malformed(`a key of type ${key.type} cannot cosign`);
  }
  checkNewKey(key, draft.witnesses);
  define(draft, name);
  draft.witnesses.push({ name, key, url });
}

function readGroup(draft: Draft, words: readonly string[]): void {
  const [name, rule, ...members] = words;
  if (name === undefined || rule === undefined || members.length === 0) {
    throw malformed('not "group <name> all|any|<k> <member>…"');
  }
  const threshold = rule === 'all' ? members.length : rule === 'any' ? 1 : decimal(rule);
  if (threshold < 1 || threshold > members.length) {
    throw malformed(`a group of ${members.length} cannot need ${rule}`);
  }
  for (const member of members) {
    if (!draft.names.has(member)) throw malformed('a member is not defined on a line before');
    if (draft.used.has(member)) throw malformed('a member stands in a group already');
    draft.used.add(member);
  }
  define(draft, name);
  draft.groups.push({ name, threshold, members });
}

function readQuorum(draft: Draft, words: readonly string[]): void {
  const [name, ...more] = words;
  if (name === undefined || more.length > 0) throw malformed('not "quorum <name>"');
  if (draft.quorum !== undefined) throw malformed('a second quorum line');
  if (name !== 'none' && !draft.names.has(name)) {
    throw malformed('the quorum is not defined on a line before');
  }
  draft.quorum = name === 'none' ? null : name;
}

function define(draft: Draft, name: string): void {
  if (name === 'none') throw malformed('the name none is taken');
  if (draft.names.has(name)) throw malformed('a name is defined twice');
  draft.names.add(name);
}

/** The same key under another name is the same cosigner; the same name and hash could not be told apart in a note. */
function checkNewKey(key: VerifierKey, others: readonly { readonly key: VerifierKey }[]): void {
  const isKnown = others.some(({ key: other }) => {
    const isSameLine = other.name === key.name && other.keyHash === key.keyHash;
    return isSameLine || equalBytes(other.publicKey, key.publicKey);
  });
  if (isKnown) throw malformed('a public key stands there twice');
}

function decimal(word: string): number {
  return /^[1-9][0-9]{0,3}$/.test(word) ? Number(word) : 0;
}

/** One character per octet: what splits into lines and words is not yet text. */
function octetsOf(bytes: Uint8Array): string {
  if (bytes.length > POLICY_BYTES_MAX) throw malformed(`more than ${POLICY_BYTES_MAX} bytes`);
  let octets = '';
  for (const byte of bytes) {
    const isAllowed = byte === 0x09 || byte === 0x0a || (byte >= 0x20 && byte !== 0x7f);
    if (!isAllowed) throw malformed(`octet ${byte}`);
    octets += String.fromCharCode(byte);
  }
  return octets;
}

/**
 * The text of a word. Octets that are not UTF-8 become U+DC80..U+DCFF, one each: no UTF-8 decodes to those, so words
 * are equal where their octets are.
 */
function wordOf(octets: string): string {
  const bytes = Uint8Array.from(octets, (octet) => octet.charCodeAt(0));
  try {
    return utf8Text(bytes);
  } catch {
    return octets.replace(/[\x80-\xff]/g, (octet) =>
      String.fromCharCode(0xdc00 + octet.charCodeAt(0)),
    );
  }
}

/** The octets of a word, as wordOf reads them. */
function octetsOfWord(word: string): Uint8Array {
  if (!/\p{Cs}/u.test(word)) return utf8(word);
  return Uint8Array.from(word, (character) => character.charCodeAt(0) % 256);
}

function malformed(why: string): TransparencyError {
  return new TransparencyError('policy.malformed', why);
}
