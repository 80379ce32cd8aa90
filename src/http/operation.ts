/** JSON of the API's description, or a part of it. */
export type Description = Readonly<Record<string, unknown>>;

/** What the description of the API says of a route beyond what the table of routes knows. */
export interface Operation {
  /** Path as OpenAPI writes it. */
  readonly path: string;
  readonly parameters?: readonly Description[];
  readonly requestBody?: Description;
  readonly responses: Readonly<Record<string, Description>>;
}

/** Operations by method and pattern of the table of routes. */
export type Operations = Readonly<Record<string, Operation>>;

/** The name of a log, in the path. */
export const LOG: Description = {
  name: 'log',
  in: 'path',
  required: true,
  schema: { type: 'string', pattern: '^[a-z0-9-]{1,63}$' },
};
/** An index, a size, a time in ms. */
export const INTEGER: Description = {
  type: 'integer',
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
};
/** 32 bytes in base64. */
export const HASH: Description = { type: 'string', pattern: '^[A-Za-z0-9+/]{43}=$' };
/** Any bytes, in base64. */
export const BYTES: Description = { type: 'string', contentEncoding: 'base64' };
/** 32 bytes in lowercase hex. */
export const DIGEST: Description = { type: 'string', pattern: '^[0-9a-f]{64}$' };

/** A parameter in the path. */
export function inPath(name: string, schema: Description, description?: string): Description {
  const told = description === undefined ? {} : { description };
  return { name, in: 'path', required: true, schema, ...told };
}

/** A parameter of the query. */
export function query(name: string, schema: Description, required = true): Description {
  return { name, in: 'query', required, schema };
}

/** The schema of an object that has all of some members. */
export function objectOf(properties: Readonly<Record<string, Description>>): Description {
  return { type: 'object', required: Object.keys(properties), properties };
}

/** An answer in JSON. */
export function json(description: string, schema: Description): Description {
  return { description, content: { 'application/json': { schema } } };
}

/** An answer in plain text. */
export function text(description: string): Description {
  return { description, content: { 'text/plain': { schema: { type: 'string' } } } };
}

/** An answer in bytes. */
export function bytes(description: string): Description {
  return { description, content: { 'application/octet-stream': { schema: {} } } };
}
