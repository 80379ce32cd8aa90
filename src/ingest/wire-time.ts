import { isEventTime } from '../event/time.ts';

/**
 * The time of an event of what an emitter wrote, or undefined if it names no instant. A text that is one already is
 * kept verbatim; another offset is counted to UTC; digits beyond nanoseconds are cut. (spec/12-ingest.md §4)
 *
 * @param unit  of a number: what one stands for since 1970
 */
export function wireTime(text: string, unit: TimeUnit = 'rfc3339'): string | undefined {
  if (unit === 'rfc3339') return isEventTime(text) ? text : offsetTime(text);
  if (unit === 'aws-date') return awsDate(text);
  return countedTime(text, unit);
}

/** How a time is written. */
export type TimeUnit = 'rfc3339' | 'aws-date' | 'seconds' | 'milliseconds' | 'nanoseconds';

const RFC3339 =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:[.,]([0-9]{1,18}))?(?:[Zz]|([+-])([0-9]{2}):?([0-9]{2}))$/;

function offsetTime(text: string): string | undefined {
  const parts = RFC3339.exec(text);
  if (parts === null) return undefined;
  const [, day, clock, fraction, sign, hours, minutes] = parts;
  const digits = fraction === undefined ? '' : `.${fraction.slice(0, 9)}`;
  const plain = `${day}T${clock}${digits}Z`;
  if (!isEventTime(plain)) return undefined;
  const offset = sign === undefined ? 0 : (Number(hours) * 60 + Number(minutes)) * 60_000;
  if (offset === 0) return plain;
  // Whole seconds are counted; the fraction is the same in every offset.
  const ms = Date.parse(`${day}T${clock}Z`) - (sign === '-' ? -offset : offset);
  return Number.isNaN(ms) ? undefined : checked(`${secondOf(ms)}${digits}Z`);
}

const UNITS = { seconds: 0, milliseconds: 3, nanoseconds: 9 } as const;

/** Seconds may have a fraction, as text. Zero is what is written where no time is known. */
function countedTime(text: string, unit: keyof typeof UNITS): string | undefined {
  const parts = /^([0-9]{1,20})(?:\.([0-9]{1,18}))?$/.exec(text);
  if (parts === null || /^0+$/.test(parts[1] ?? '')) return undefined;
  const places = UNITS[unit];
  const digits = (parts[1] ?? '').padStart(places + 1, '0');
  const seconds = Number(digits.slice(0, digits.length - places));
  const fraction = (digits.slice(digits.length - places) + (parts[2] ?? '')).slice(0, 9);
  if (seconds > 253_402_300_799) return undefined;
  return checked(`${secondOf(seconds * 1_000)}${fraction === '' ? '' : `.${fraction}`}Z`);
}

/** `Nov 20, 2026, 10:20:00 AM`, as AWS writes some times; they are UTC. */
function awsDate(text: string): string | undefined {
  const parts =
    /^([A-Z][a-z]{2}) ([0-9]{1,2}), ([0-9]{4}),? ([0-9]{1,2}):([0-9]{2}):([0-9]{2}) ([AP])M$/.exec(
      text.replaceAll('\u202f', ' '),
    );
  if (parts === null) return isEventTime(text) ? text : offsetTime(text);
  const [, name = '', day = '', year, hour, minute, second, half] = parts;
  const month = MONTHS.indexOf(name) + 1;
  const hours = (Number(hour) % 12) + (half === 'P' ? 12 : 0);
  const two = (n: number | string): string => String(n).padStart(2, '0');
  return checked(`${year}-${two(month)}-${two(day)}T${two(hours)}:${minute}:${second}Z`);
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun'].concat(
  ...['Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
);

function secondOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19);
}

function checked(time: string): string | undefined {
  return isEventTime(time) ? time : undefined;
}
