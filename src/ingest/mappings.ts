import { type Mapping, openMapping } from './mapping.ts';
import { MAPPING_FILES } from './mappings.generated.ts';

const opened = new Map<string, Mapping>();

/** The newest rules of an adapter. A name that no file has is a bug. */
export function mappingOf(adapter: string): Mapping {
  let mapping = opened.get(adapter);
  if (mapping === undefined) {
    const files = MAPPING_FILES.filter((file) => file.adapter === adapter);
    const file = files.sort((a, b) => versionOf(a.id) - versionOf(b.id)).at(-1);
    if (file === undefined) throw new Error(`bug: no rules for ${adapter}`);
    mapping = openMapping(file);
    opened.set(adapter, mapping);
  }
  return mapping;
}

function versionOf(id: string): number {
  return Number(id.slice(id.lastIndexOf('/') + 1));
}
