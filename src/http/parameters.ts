import { TransparencyError } from '../core/error.ts';
import { type HttpRequest, queryParameter } from './request.ts';

/** The integer of canonical decimal, 0 ≤ n ≤ 2^53 - 1; undefined for any other spelling. */
export function parseInteger(text: string): number | undefined {
  if (!/^(?:0|[1-9][0-9]{0,15})$/.test(text)) return undefined;
  const n = Number(text);
  return Number.isSafeInteger(n) ? n : undefined;
}

/**
 * The integer of a query parameter; undefined where the parameter is absent.
 *
 * @throws {TransparencyError} request.bad-parameter
 */
export function integerParameter(request: HttpRequest, name: string): number | undefined {
  const text = queryParameter(request, name);
  if (text === undefined) return undefined;
  const n = parseInteger(text);
  if (n === undefined) {
    throw new TransparencyError(
      'request.bad-parameter',
      `${name}: an integer from 0 to 2^53 - 1 expected`,
    );
  }
  return n;
}

/**
 * The integer of a query parameter that must be there.
 *
 * @throws {TransparencyError} request.bad-parameter
 */
export function requiredInteger(request: HttpRequest, name: string): number {
  const n = integerParameter(request, name);
  if (n === undefined) throw new TransparencyError('request.bad-parameter', `${name}: missing`);
  return n;
}
