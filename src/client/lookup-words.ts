import { formatLookupKey } from '../event/map.ts';
import type { LookupResult } from './lookup-client.ts';

/**
 * What a lookup proves, as one sentence: how many, of which key, among how many entries, as of when, of which grade, and
 * what no key covers. (spec/11-index.md §8)
 */
export function lookupSentence(result: LookupResult): string {
  const { key, range, found, count, tailFound, completeTo, mappedTo, asOfSeconds, grade } = result;
  const all = (range === null ? count : found) + (tailFound ?? 0);
  const place =
    range === null
      ? `among the first ${completeTo} entries`
      : `from entry ${range.lo} to below ${Math.min(range.hi, completeTo)}`;
  const asOf =
    asOfSeconds === null
      ? 'at no known time (nobody vouches for one)'
      : `as of ${new Date(asOfSeconds * 1000).toISOString()}`;
  const by = grade.auditors.length > 0 ? ` (audited by ${grade.auditors.join(', ')})` : '';
  const events =
    all === 1 ? 'The one event whose leaf carries' : `All ${all} events whose leaves carry`;
  const none = all === 0 ? 'No event has a leaf that carries' : events;
  const unmapped = `${result.unmapped} ${result.unmapped === 1 ? 'leaf' : 'leaves'} unmapped`;
  const of = range === null ? '' : ` among the first ${mappedTo}`;
  return `${none} ${formatLookupKey(key)} ${place}, ${asOf}; ${grade.grade}${by}; ${unmapped}${of}.`;
}

/** What a lookup does not prove, a line each. */
export function lookupNotProven(result: LookupResult): readonly string[] {
  const { head, checkpoint, tail, grade } = result;
  const behind = checkpoint.size - head.tree.size;
  return [
    ...(tail === null
      ? [`what the ${behind} entries behind the index head carry: they were not read`]
      : []),
    ...(grade.grade === 'claimed'
      ? ['that the index head is true: the log claims it, and has signed the evidence if it is not']
      : []),
    // A note of an auditor names a trie and no tree: it would stand in another history as well.
    ...(result.asOfSeconds === null
      ? ['that the log shows everybody this tree, its auditors too: no witness vouches for it']
      : []),
    'that sources told the truth, or sent all that happened',
  ];
}
