import { utf8 } from '../core/bytes.ts';
import { subjectOf } from './commitment.ts';
import type { Draft } from './draft.ts';

/**
 * Puts pseudonyms in the place of human beings, and withholds who they are: who acted, for whom, and who approved.
 * (spec/12-ingest.md §4)
 *
 * A human being is whom the rules call one, and whatever has a mail address for its identifier.
 */
export function withholdPeople(
  draft: Draft,
  pseudonym: (label: string, content: Uint8Array) => Uint8Array,
  directory: string | undefined,
): void {
  // One directory for all of an event: whoever asks and approves alike is seen to be one.
  const issuer = directory ?? draft.get('/actor/issuer') ?? '';
  const places = [
    '/actor',
    '/actor/owner',
    ...placesOf(draft, '/deleg'),
    ...placesOf(draft, '/approval/by'),
  ];
  for (const place of places) {
    const id = draft.get(`${place}/id`);
    if (typeof id !== 'string' || id.startsWith('sub:')) continue;
    if (draft.get(`${place}/type`) !== 'human' && !MAIL_ADDRESS.test(id)) continue;
    withhold(draft, `${place}/id`, id);
    const subject = subjectOf(pseudonym('subject', utf8(`${issuer}\n${id}`)));
    draft.set(`${place}/id`, subject, draft.origins?.get(`${place}/id`) ?? []);
    const name = draft.get(`${place}/name`);
    if (typeof name !== 'string') continue;
    withhold(draft, `${place}/name`, name);
    draft.delete(`${place}/name`);
  }
}

const MAIL_ADDRESS = /^[^\s@/:]{1,64}@[^\s@/:]{1,255}$/;

function placesOf(draft: Draft, list: string): readonly string[] {
  const items = draft.get(list);
  return Array.isArray(items) ? items.map((_, i) => `${list}/${i}`) : [];
}

function withhold(draft: Draft, pointer: string, value: string): void {
  if (draft.withheld.some((other) => other.pointer === pointer)) return;
  draft.withheld.push({ pointer, value, sealed: false });
}
