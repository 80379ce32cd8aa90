import { TransparencyError } from '../core/error.ts';
import type { JsonObject, JsonValue } from '../event/strict-json.ts';

/** Records of one resource and scope, not read yet. */
export interface OtlpGroup {
  readonly resource: Uint8Array | undefined;
  readonly resourceSchemaUrl: string | undefined;
  readonly scope: Uint8Array | undefined;
  readonly scopeSchemaUrl: string | undefined;
  readonly records: readonly Uint8Array[];
  /** What stands beside the lists: fields that no table names, of the request, the resource's and the scope's message. */
  readonly others: JsonObject;
}

/** One message that holds a list, as either form of OTLP reads it. */
export interface OtlpContainer {
  /** Bytes of the member that all items of the list share: the resource, or the scope. */
  readonly shared?: Uint8Array | undefined;
  readonly schemaUrl?: string | undefined;
  readonly items: readonly Uint8Array[];
  /** Fields that no table names; undefined: none. */
  readonly others: JsonValue | undefined;
}

/** Reads the messages of an export request, from the outside to the inside. */
export interface OtlpContainers {
  readonly request: (bytes: Uint8Array) => OtlpContainer;
  readonly resource: (bytes: Uint8Array) => OtlpContainer;
  readonly scope: (bytes: Uint8Array) => OtlpContainer;
}

/**
 * The groups of an export request. A request without any record is no fault; but where a message that holds no record
 * says something that nobody knows, nothing of that could be kept, and success would say that it was.
 *
 * @throws {TransparencyError} ingest.malformed, and what the readers throw
 */
export function groupsOf(body: Uint8Array, read: OtlpContainers): readonly OtlpGroup[] {
  const groups: OtlpGroup[] = [];
  const request = read.request(body);
  let ofRequest = 0;
  for (const resourceBytes of request.items) {
    const resource = read.resource(resourceBytes);
    let ofResource = 0;
    for (const scopeBytes of resource.items) {
      const scope = read.scope(scopeBytes);
      const { items } = scope;
      checkKept(scope, items.length);
      ofResource += items.length;
      if (items.length === 0) continue;
      groups.push({
        resource: resource.shared,
        resourceSchemaUrl: resource.schemaUrl,
        scope: scope.shared,
        scopeSchemaUrl: scope.schemaUrl,
        records: items,
        others: othersOf({
          request: request.others,
          resource: resource.others,
          scope: scope.others,
        }),
      });
    }
    checkKept(resource, ofResource);
    ofRequest += ofResource;
  }
  checkKept(request, ofRequest);
  return groups;
}

/** The refusal of an export request of a wrong form. */
export function malformedExport(what: string): TransparencyError {
  return new TransparencyError('ingest.malformed', `not an export request: ${what}`);
}

function checkKept({ others }: OtlpContainer, records: number): void {
  if (records > 0 || others === undefined) return;
  throw malformedExport('no record, and fields that are none of its');
}

function othersOf(others: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  const known: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(others)) if (value !== undefined) known[name] = value;
  return known;
}
