import { type Adapter, jsonAdapter } from './adapter.ts';
import { mappingOf } from './mappings.ts';

/** Every foreign format that is read, by the name of its adapter. */
export const ADAPTERS: ReadonlyMap<string, Adapter> = new Map(
  [
    jsonAdapter(mappingOf('kubernetes'), { list: 'items' }),
    jsonAdapter(mappingOf('vault')),
    jsonAdapter(mappingOf('cloudtrail'), { list: 'Records' }),
  ].map((adapter) => [adapter.name, adapter]),
);
