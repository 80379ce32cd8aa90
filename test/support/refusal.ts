import { isTransparencyError } from '../../src/core/error.ts';

/** The message of the refusal that an action ends in; null if it ends in none. What else it throws goes on. */
export function refusal(action: () => unknown): string | null {
  try {
    action();
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

/** The code of the refusal that an action ends in; null if it ends in none. What else it throws goes on. */
export function codeOf(action: () => unknown): string | null {
  try {
    action();
    return null;
  } catch (error) {
    if (isTransparencyError(error)) return error.code;
    throw error;
  }
}

/** `refusal` of what has begun. */
export async function refusalOf(run: Promise<unknown>): Promise<string | null> {
  try {
    await run;
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

function messageOf(error: unknown): string {
  if (isTransparencyError(error)) return error.message;
  throw error;
}
