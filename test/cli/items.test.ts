import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readItems } from '../../src/cli/items.ts';
import { utf8, utf8Text } from '../../src/core/bytes.ts';
import { tempFolder } from '../support/temp-folder.ts';

async function* chunksOf(text: string): AsyncGenerator<Uint8Array> {
  const bytes = utf8(text);
  for (let at = 0; at < bytes.length; at += 3) yield bytes.subarray(at, at + 3);
}

async function read(text: string): Promise<string[]> {
  return (await readItems([], { stdin: chunksOf(text) })).map(utf8Text);
}

describe('readItems', () => {
  it.each([
    ['one object', '{"a":1}', ['{"a":1}']],
    ['one object over several lines', '{\n  "a": 1\n}\n', ['{\n  "a": 1\n}\n']],
    ['an array', ' [ {"a":1} , {"b":2}]\n', ['{"a":1}', '{"b":2}']],
    ['lines', '{"a":1}\n{"b":"é"}\n', ['{"a":1}', '{"b":"é"}']],
    ['lines with blank ones between', '{"a":1}\r\n\n \n{"b":2}', ['{"a":1}\r', '{"b":2}']],
    ['lines of which one is broken', '{"a":1}\n{"b"\n', ['{"a":1}', '{"b"']],
    ['what is no JSON at all', 'hello\nworld', ['hello\nworld']],
  ])('reads %s, byte for byte', async (_, text, items) => {
    expect(await read(text)).toEqual(items);
  });

  it('reads several files in order, and stdin where its name is -', async () => {
    const dir = tempFolder();
    writeFileSync(join(dir, 'a'), '{"a":1}');
    writeFileSync(join(dir, 'b'), '[{"b":1},{"b":2}]');
    const names = [join(dir, 'b'), '-', join(dir, 'a')];
    const items = await readItems(names, { stdin: chunksOf('{"c":1}') });
    expect(items.map(utf8Text)).toEqual(['{"b":1}', '{"b":2}', '{"c":1}', '{"a":1}']);
  });

  it.each([
    ['nothing', ''],
    ['white space', ' \n\t\n'],
    ['an empty array', '[]'],
    ['an array that does not end', '[{"a":1},'],
  ])('refuses %s', async (_, text) => {
    await expect(read(text)).rejects.toThrow('config.malformed: stdin');
  });

  it('refuses a file that it cannot read', async () => {
    const read = readItems(['/no/such/file'], { stdin: chunksOf('') });
    await expect(read).rejects.toThrow('config.malformed: cannot read /no/such/file');
  });
});
