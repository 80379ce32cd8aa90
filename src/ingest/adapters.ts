import { type Adapter, jsonAdapter } from './adapter.ts';
import { CAEP } from './caep.ts';
import { CLOUDEVENTS } from './cloudevents.ts';
import { CLOUDTRAIL } from './cloudtrail.ts';
import { CLOUDTRAIL_DIGEST } from './cloudtrail-digest.ts';
import { DSSE } from './dsse.ts';
import { GITHUB_OIDC } from './github-oidc.ts';
import { mappingOf } from './mappings.ts';
import { MCP } from './mcp.ts';
import { OTLP_LOGS, OTLP_TRACES } from './otlp.ts';
import { SYSLOG } from './syslog.ts';

const VAULT = jsonAdapter(mappingOf('vault'));

/** Every foreign format that is read, by its name in the path. */
export const ADAPTERS: ReadonlyMap<string, Adapter> = new Map(
  [
    CLOUDEVENTS,
    OTLP_LOGS,
    OTLP_TRACES,
    CAEP,
    DSSE,
    MCP,
    jsonAdapter(mappingOf('kubernetes'), {
      list: 'items',
      drop: ['kind', 'apiVersion', 'metadata'],
    }),
    VAULT,
    // Its http device names no content type.
    { ...VAULT, name: 'openbao', contentTypes: [] },
    CLOUDTRAIL,
    CLOUDTRAIL_DIGEST,
    jsonAdapter(mappingOf('github')),
    GITHUB_OIDC,
    jsonAdapter(mappingOf('gitlab')),
    jsonAdapter(mappingOf('teleport')),
    jsonAdapter(mappingOf('hoop')),
    jsonAdapter(mappingOf('ocsf')),
    jsonAdapter(mappingOf('entra'), { list: 'records', drop: [] }),
    jsonAdapter(mappingOf('spire')),
    SYSLOG,
  ].map((adapter) => [adapter.name, adapter]),
);
