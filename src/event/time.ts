const PARTS =
  /^([0-9]{4})-(0[1-9]|1[0-2])-([0-9]{2})T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9]|60)(?:\.([0-9]{1,9}))?Z$/;

/**
 * True for a time of an event that names an instant: RFC 3339, UTC, `Z`, at most nine digits of a second, a day that
 * exists. Second 60 is one only as 23:59:60 on the last day of a month: which of those were, no table here knows.
 * (spec/5-submission.md §4)
 */
export function isEventTime(text: string): boolean {
  const parts = PARTS.exec(text);
  if (parts === null) return false;
  const [, year, month, day, hour, minute, second] = parts;
  const lastDay = daysOf(Number(year), Number(month));
  if (Number(day) < 1 || Number(day) > lastDay) return false;
  return second !== '60' || (hour === '23' && minute === '59' && Number(day) === lastDay);
}

function daysOf(year: number, month: number): number {
  if (month !== 2) return [4, 6, 9, 11].includes(month) ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}
