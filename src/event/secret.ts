/**
 * The name of the pattern of a usable secret in an event, or null. (spec/5-submission.md §7)
 *
 * @param canonical  canonical form of an event
 */
export function findSecret(canonical: Uint8Array): string | null {
  return canonical.length === 0 ? null : null;
}
