import { sha256 } from '#sha256';
import { hex } from '../core/hex.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../event/strict-json.ts';
import { type Adapter, JSON_TYPES, jsonItem } from './adapter.ts';
import { openJson } from './json-items.ts';
import { mappingOf } from './mappings.ts';

const ENVELOPE = { list: 'Records', drop: [] };
/** The rules for a file itself, beside those for its records. */
const FILE_MAPPING = mappingOf('cloudtrail-file');

/**
 * The adapter of CloudTrail's records. A body that is one file as it was delivered, unpacked, makes an event of the file
 * too, behind those of its records: its SHA-256 is what a digest lists, and each record names it as its parent. What it
 * was called comes along in `Content-Location: s3://BUCKET/OBJECT`, if at all. (spec/12-ingest.md §5)
 */
export const CLOUDTRAIL: Adapter = {
  name: 'cloudtrail',
  mapping: mappingOf('cloudtrail'),
  contentTypes: JSON_TYPES,
  *read(body, headers, { itemsMax }) {
    const { items, isEnvelope } = openJson(body, itemsMax, ENVELOPE);
    const { mapping } = CLOUDTRAIL;
    if (!isEnvelope) {
      for (const raw of items) yield { item: jsonItem(raw), mapping };
      return;
    }
    const digest = hex(sha256(body));
    const about = new AboutRecords();
    for (const raw of items) {
      const item = jsonItem(raw);
      about.take(item.input);
      yield { item: { ...item, parent: `sha256:${digest}` }, mapping };
    }
    const input: JsonObject = {
      sha256: digest,
      object: objectOf(headers.get('content-location')),
      ...about.members(),
    };
    yield { item: { raw: body, input }, mapping: FILE_MAPPING };
  },
};

/** What the records of one file say of the file: whose it is, and the newest of their times. */
class AboutRecords {
  #first: JsonObject | undefined;
  #newest = '';

  take(record: JsonValue | undefined): void {
    if (!isJsonObject(record)) return;
    this.#first ??= record;
    const time = record['eventTime'];
    if (typeof time === 'string' && EVENT_TIME.test(time) && time > this.#newest) {
      this.#newest = time;
    }
  }

  members(): JsonObject {
    return {
      account: this.#first?.['recipientAccountId'] ?? null,
      region: this.#first?.['awsRegion'] ?? null,
      newest: this.#newest === '' ? null : this.#newest,
    };
  }
}

/** Of one length and in UTC, so that their texts are in the order of their times. */
const EVENT_TIME = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/;

function objectOf(location: string | undefined): string | null {
  return location === undefined ? null : (/^s3:\/\/(.+)$/u.exec(location)?.[1] ?? null);
}
