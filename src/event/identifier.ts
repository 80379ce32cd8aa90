// Other, separators but U+0020, what is drawn as nothing, the blank of Braille; and a space at an end.
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}|^ | $/u;
const PLAIN = /^[!-~]+(?: +[!-~]+)*$/;

/**
 * True for an identifier that can be told from others by looking: NFC, and no character that is control, format
 * (bidirectional, zero-width), unassigned, private use, surrogate, default ignorable, or a space other than U+0020; no
 * space at an end. (spec/5-submission.md §4)
 *
 * What is unassigned depends on the Unicode version of the runtime, so this judges at admission alone: whether bytes
 * are a leaf never depends on it.
 */
export function isIdentifier(text: string): boolean {
  return PLAIN.test(text) || (!INVISIBLE.test(text) && text.normalize('NFC') === text);
}
