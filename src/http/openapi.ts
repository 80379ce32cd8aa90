import type { Description, Operation } from './operation.ts';
import { OPERATIONS } from './operations.ts';
import type { Audience, Route } from './routes.ts';

/** What the description of the API is made of. */
export interface OpenApiParts {
  readonly routes: readonly Route[];
  /** The JSON Schemas of `spec/schemas`, by file name. */
  readonly schemas: ReadonlyMap<string, Description>;
  /** Codes that are answered, in their order. (spec/9-errors.md) */
  readonly codes: readonly string[];
  readonly version: string;
}

/**
 * The description of the API, OpenAPI 3.1: the table of routes, what `OPERATIONS` says of each, and the schemas that
 * events and leaves are checked with. There is no second schema of anything.
 */
export function openApiOf({ routes, schemas, codes, version }: OpenApiParts): Description {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const operation = OPERATIONS[`${route.method} ${route.path}`];
    if (operation === undefined) throw new Error(`bug: ${route.path} is not described`);
    const path = paths[operation.path] ?? {};
    paths[operation.path] = path;
    path[route.method.toLowerCase()] = operationOf(route, operation);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Varve',
      version,
      description: 'A transparency log for non-human identities. The protocol is in spec/.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      responses: {
        problem: {
          description: 'a problem (RFC 9457); spec/9-errors.md has the codes',
          headers: { 'Retry-After': { schema: { type: 'integer', minimum: 1 } } },
          content: {
            'application/problem+json': { schema: { $ref: '#/components/schemas/problem' } },
          },
        },
      },
      schemas: { problem: problemSchema(codes), readiness: READINESS, ...componentsOf(schemas) },
    },
  };
}

function operationOf(route: Route, operation: Operation): Description {
  const { parameters, requestBody } = operation;
  return {
    summary: route.summary,
    operationId: operationIdOf(route, operation),
    'x-audience': route.audience,
    security: securityOf(route.audience),
    ...(parameters === undefined ? {} : { parameters }),
    ...(requestBody === undefined ? {} : { requestBody }),
    responses: { ...operation.responses, default: { $ref: '#/components/responses/problem' } },
  };
}

/** The path as one word; what is posted to a path that is read too says so. */
function operationIdOf(route: Route, { path }: Operation): string {
  const id = path.replaceAll(/[^a-zA-Z0-9]+/g, '-').replaceAll(/^-|-$/g, '');
  const isReadToo = route.method === 'POST' && OPERATIONS[`GET ${route.path}`] !== undefined;
  return isReadToo ? `${id}-post` : id;
}

/** A token, or none where the server asks for none. */
function securityOf(audience: Audience): readonly Description[] {
  return audience === 'public' ? [] : [{ token: [] }, {}];
}

function problemSchema(codes: readonly string[]): Description {
  return {
    type: 'object',
    required: ['type', 'title', 'status', 'code', 'detail'],
    properties: {
      type: { type: 'string', format: 'uri' },
      title: { type: 'string' },
      status: { type: 'integer', minimum: 400, maximum: 599 },
      code: { type: 'string', enum: codes },
      detail: { type: 'string' },
      instance: { type: 'string', format: 'uri' },
      details: {
        type: 'object',
        additionalProperties: { type: ['string', 'number', 'boolean', 'null'] },
      },
      retryAfterMs: { type: 'integer', minimum: 1 },
      receipt: { $ref: '#/components/schemas/nhi.receipt.1' },
    },
  };
}

const READINESS: Description = {
  type: 'object',
  required: ['ready'],
  properties: {
    ready: { type: 'boolean' },
    logs: { type: 'array', items: { type: 'object' }, description: 'for the operate role' },
  },
};

/** `nhi.leaf.1.schema.json` becomes the component `nhi.leaf.1`, and references follow. */
function componentsOf(schemas: ReadonlyMap<string, Description>): Description {
  return Object.fromEntries(
    [...schemas].map(([file, schema]) => {
      const { $id: _id, $schema: _dialect, ...rest } = schema;
      return [componentName(file), withReferences(rest, componentName(file))];
    }),
  );
}

function componentName(file: string): string {
  return file.replace(/\.schema\.json$/, '');
}

function withReferences(value: unknown, component: string): unknown {
  if (Array.isArray(value)) return value.map((item) => withReferences(item, component));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      name === '$ref' && typeof member === 'string'
        ? referenceOf(member, component)
        : withReferences(member, component),
    ]),
  );
}

function referenceOf(reference: string, component: string): string {
  const [file = '', pointer = ''] = reference.split('#');
  const target = file === '' ? component : componentName(file);
  return `#/components/schemas/${target}${pointer}`;
}
