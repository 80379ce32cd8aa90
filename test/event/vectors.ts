import { readFileSync } from 'node:fs';

/** The vectors of a file of spec/vectors. */
export function readVectors<T>(name: string): T {
  return JSON.parse(
    readFileSync(new URL(`../../spec/vectors/${name}.json`, import.meta.url), 'utf8'),
  );
}

/** UTF-8 bytes of a text. */
export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The text of UTF-8 bytes. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

/** The refusal that an action ends in; null if it does not. Anything but a refusal goes on. */
export function refusalOf(
  action: () => unknown,
): { code: string; pointer: unknown; message: string } | null {
  try {
    action();
    return null;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'TransparencyError') throw error;
    const { code, details, message } = error as Error & {
      code: string;
      details: Readonly<Record<string, unknown>>;
    };
    return { code, pointer: details['pointer'], message };
  }
}
