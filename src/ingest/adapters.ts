import { type Adapter, jsonAdapter } from './adapter.ts';
import { CLOUDEVENTS } from './cloudevents.ts';
import { mappingOf } from './mappings.ts';
import { OTLP_LOGS, OTLP_TRACES } from './otlp.ts';

/** Every foreign format that is read, by the name of its adapter. */
export const ADAPTERS: ReadonlyMap<string, Adapter> = new Map(
  [
    CLOUDEVENTS,
    OTLP_LOGS,
    OTLP_TRACES,
    jsonAdapter(mappingOf('kubernetes'), { list: 'items' }),
    jsonAdapter(mappingOf('vault')),
    jsonAdapter(mappingOf('cloudtrail'), { list: 'Records' }),
  ].map((adapter) => [adapter.name, adapter]),
);
