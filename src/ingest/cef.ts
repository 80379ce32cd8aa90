import { TransparencyError } from '../core/error.ts';
import type { JsonObject, JsonValue } from '../event/strict-json.ts';
import { putNew } from './new-name.ts';

/**
 * The fields of a CEF message: `CEF:version|vendor|product|deviceVersion|signature|name|severity|key=value …`.
 *
 * In the head `\|` and `\\` are escapes, in values `\=`, `\\`, `\n` and `\r`. A value ends where the next key begins.
 *
 * @throws {TransparencyError} ingest.malformed
 */
export function parseCef(text: string): JsonObject {
  const parts: string[] = [];
  let part = '';
  let at = 4;
  for (; at < text.length && parts.length < 7; at++) {
    const character = text[at];
    if (character === '\\' && /[\\|]/.test(text[at + 1] ?? '')) part += text[++at] ?? '';
    else if (character === '|') {
      parts.push(part);
      part = '';
    } else part += character;
  }
  // The last one ends with the text where there is no extension.
  if (parts.length === 6 && at === text.length) parts.push(part);
  const [version, vendor, product, deviceVersion, signature, name, severity] = parts;
  if (parts.length < 7 || !/^[0-9]{1,2}$/.test(version ?? '')) {
    throw new TransparencyError('ingest.malformed', 'not CEF');
  }
  const named = { version, vendor, product, deviceVersion, signature, name, severity };
  const ext = extensionOf(text.slice(at));
  return {
    ...(Object.fromEntries(Object.entries(named)) as Record<string, string>),
    ...(Object.keys(ext).length === 0 ? {} : { ext }),
  };
}

const KEY = /(?:^|\s)([A-Za-z0-9_.[\]-]{1,64})=/g;

function extensionOf(text: string): JsonObject {
  const ext: Record<string, JsonValue> = Object.create(null);
  const keys = [...text.matchAll(KEY)].filter(({ index }) => !isEscaped(text, index));
  for (const [i, found] of keys.entries()) {
    const start = found.index + found[0].length;
    const value = text.slice(start, keys[i + 1]?.index ?? text.length).trim();
    const plain = value.replace(
      /\\([\\=nr|])/g,
      (_, letter: string) => UNESCAPED[letter] ?? letter,
    );
    putNew(ext, found[1] ?? '', plain);
  }
  const before = text.slice(0, keys[0]?.index ?? text.length).trim();
  if (before !== '') ext['#rest'] = before;
  return ext;
}

const UNESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r' };

function isEscaped(text: string, at: number): boolean {
  return text[at - 1] === '\\';
}
