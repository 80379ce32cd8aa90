import { byteAt } from './fast-check.ts';

/**
 * Accepts the string of a time of an event in one pass, as `isEventTime` does; 29 February and second 60 are left to the
 * slow path.
 */
export function checkTime(at: number): number {
  if (byteAt(at) !== QUOTE || byteAt(at + 5) !== DASH || byteAt(at + 8) !== DASH) return -1;
  if (byteAt(at + 11) !== 0x54 || byteAt(at + 14) !== COLON || byteAt(at + 17) !== COLON) return -1;
  const month = twoDigits(at + 6);
  const day = twoDigits(at + 9);
  // Comparisons with NaN are false, so what is no digit is refused.
  if (!(twoDigits(at + 1) >= 0 && twoDigits(at + 3) >= 0)) return -1;
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= (DAYS[month] as number))) return -1;
  if (!(twoDigits(at + 12) <= 23 && twoDigits(at + 15) <= 59 && twoDigits(at + 18) <= 59))
    return -1;
  let end = at + 20;
  if (byteAt(end) === 0x2e) {
    end++;
    while (digit(end) >= 0) end++;
    if (end - at - 21 < 1 || end - at - 21 > 9) return -1;
  }
  return byteAt(end) === 0x5a && byteAt(end + 1) === QUOTE ? end + 2 : -1;
}

const QUOTE = 0x22;
const DASH = 0x2d;
const COLON = 0x3a;
const DAYS: readonly number[] = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function twoDigits(at: number): number {
  return digit(at) * 10 + digit(at + 1);
}

/** The value of a digit, NaN for another byte. */
function digit(at: number): number {
  const value = (byteAt(at) ?? 0) - 0x30;
  return value >= 0 && value <= 9 ? value : Number.NaN;
}
