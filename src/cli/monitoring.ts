import { TransparencyError } from '../core/error.ts';
import type { Policy } from '../core/policy.ts';

/**
 * Monitoring prefixes by the names that a policy gives its witnesses. A policy file tells submission prefixes alone;
 * whose monitoring endpoint lies under the same one needs no entry. (spec/10-witness.md §6)
 */
export type MonitoringUrls = ReadonlyMap<string, string>;

/** Reads the values of `--monitoring NAME=URL`. @throws {TransparencyError} config.malformed */
export function parseMonitoring(values: readonly string[]): readonly (readonly [string, string])[] {
  return values.map((value) => {
    const [, name, url] = /^([^=]+)=(.+)$/.exec(value) ?? [];
    if (name === undefined || url === undefined) {
      throw malformed(`--monitoring '${value}' is not NAME=URL`);
    }
    return [name, url];
  });
}

/**
 * Holds monitoring prefixes against the policy whose witnesses they are of.
 *
 * @param where  the flag, or the place in a file: for the refusal
 * @throws {TransparencyError} config.malformed for a name that the policy has not, or has twice; a URL that is not http(s)
 */
export function monitoringOf(
  told: Iterable<readonly [string, string]>,
  policy: Policy | null,
  where: string,
): MonitoringUrls {
  const urls = new Map<string, string>();
  for (const [name, url] of told) {
    if (policy?.witnesses.some((witness) => witness.name === name) !== true) {
      throw malformed(`${where}: the policy has no witness '${name}'`);
    }
    if (urls.has(name)) throw malformed(`${where}: '${name}' is named twice`);
    if (!/^https?:\/\/[^?#]+$/i.test(url) || !URL.canParse(url)) {
      throw malformed(`${where}: '${url}' is not an http or https URL`);
    }
    urls.set(name, url.replace(/\/+$/, ''));
  }
  return urls;
}

function malformed(message: string): TransparencyError {
  return new TransparencyError('config.malformed', message);
}
