import { describe, expect, it } from 'vitest';
import { concat, utf8, utf8Text } from '../../src/core/bytes.ts';
import { KEY_TYPE, verifierKeyOf } from '../../src/core/vkey.ts';
import {
  AUDIT_NOTE_BYTES_MAX,
  type IndexAudit,
  openIndexAudit,
  parseAudit,
  signIndexAudit,
} from '../../src/event/index-audit.ts';
import { refusal } from '../support/refusal.ts';
import { testSigner } from '../support/test-signer.ts';

const signer = { ...testSigner('auditor.test/a'), name: 'auditor.test/a' };
const key = verifierKeyOf(signer.name, KEY_TYPE.ed25519, signer.ed25519PublicKey);
const audit: IndexAudit = {
  origin: 'log.test/a',
  leafIndex: 12,
  size: 9,
  trieRoot: new Uint8Array(32).fill(3),
};
const TEXT = `varve.index-audit/1\nlog.test/a\nnhi.map/1\n12\n9\n${'AwMD'.repeat(10)}AwM=\n`;

describe('an audit note', () => {
  it('has the text that the spec gives, and is read back', () => {
    const note = signIndexAudit(audit, signer);
    expect(utf8Text(note).startsWith(TEXT)).toBe(true);
    expect(openIndexAudit(note, [key])).toEqual({ ...audit, auditors: ['auditor.test/a'] });
  });

  it.each([
    ['a line more', `${TEXT}x\n`],
    ['no last newline', TEXT.slice(0, -1)],
    ['another version', TEXT.replace('/1\nlog', '/2\nlog')],
    ['another map', TEXT.replace('nhi.map/1', 'nhi.map/2')],
    ['a number in another spelling', TEXT.replace('\n9\n', '\n09\n')],
    ['a number that is none', TEXT.replace('\n9\n', '\nx\n')],
    [
      'a leaf index that is no number, as a program would print it',
      TEXT.replace('\n12\n', '\nNaN\n'),
    ],
    ['a size that is no number, as a program would print it', TEXT.replace('\n9\n', '\nNaN\n')],
    ['a leaf index above 2^53 - 1', TEXT.replace('\n12\n', '\n9007199254740992\n')],
    ['a size above 2^53 - 1', TEXT.replace('\n12\n9\n', '\n9007199254740994\n9007199254740992\n')],
    ['a size below zero', TEXT.replace('\n9\n', '\n-9\n')],
    ['a size above its leaf index', TEXT.replace('\n9\n', '\n13\n')],
    ['no origin', TEXT.replace('log.test/a', '')],
    ['an origin with a space', TEXT.replace('log.test/a', 'log test/a')],
    ['a root of 31 bytes', TEXT.replace(/\n[^\n]*=\n$/, `\n${'AwMD'.repeat(10)}Aw==\n`)],
    ['a root that is no base64', TEXT.replace('AwM=', 'AwN=')],
  ])('is none with %s', (_, text) => {
    expect(refusal(() => parseAudit(utf8(text)))).toMatch('index-audit.malformed');
  });

  it('is none with bytes that are no text', () => {
    expect(refusal(() => parseAudit(Uint8Array.of(0xff)))).toMatch('index-audit.malformed');
  });

  it('is refused when nobody who is named signed it, or when it is too long', () => {
    const note = signIndexAudit(audit, signer);
    expect(refusal(() => openIndexAudit(note, []))).toMatch('note.not-signed');
    const lines = Array.from({ length: 90 }, (_, i) => {
      return utf8(`— x${i} ${btoa('\0'.repeat(68))}\n`);
    });
    const long = concat(note, ...lines);
    expect(long.length).toBeGreaterThan(AUDIT_NOTE_BYTES_MAX);
    expect(refusal(() => openIndexAudit(long, [key]))).toMatch('index-audit.malformed');
  });
});
