import { type ParseArgsConfig, parseArgs } from 'node:util';
import { TransparencyError } from '../core/error.ts';

/** The flags and operands that a command knows. */
export interface FlagTable {
  /** Flags with one value: given at most once. */
  readonly text?: readonly string[];
  /** Flags with a value that may be repeated. */
  readonly texts?: readonly string[];
  /** Flags without a value. */
  readonly on?: readonly string[];
  /** How many operands: at least, at most. Default none. */
  readonly operands?: readonly [number, number];
}

/** Flags and operands as they were given. */
export interface Flags {
  text(name: string): string | undefined;
  texts(name: string): readonly string[];
  on(name: string): boolean;
  readonly operands: readonly string[];
}

/**
 * Reads a command's arguments; what the table does not name is refused, and so is a flag given twice.
 *
 * @throws {TransparencyError} config.malformed
 */
export function parseFlags(args: readonly string[], table: FlagTable): Flags {
  const parsed = parse(args, table);
  const single = new Set([...(table.text ?? []), ...(table.on ?? [])]);
  for (const [name, values] of Object.entries(parsed.values)) {
    if (single.has(name) && values.length > 1) throw malformed(`--${name} is given twice`);
    if (values.includes('')) throw malformed(`--${name} is empty`);
  }
  const [least, most] = table.operands ?? [0, 0];
  const operands = parsed.positionals;
  if (operands.length < least) throw malformed('an operand is missing');
  if (operands.length > most) throw malformed(`'${operands[most]}' is one operand too many`);
  return {
    text: (name) => textOf(parsed.values[name]?.[0]),
    texts: (name) => (parsed.values[name] ?? []).filter((value) => typeof value === 'string'),
    on: (name) => parsed.values[name] !== undefined,
    operands,
  };
}

interface Parsed {
  readonly values: Readonly<Record<string, readonly (string | boolean)[]>>;
  readonly positionals: readonly string[];
}

function parse(args: readonly string[], table: FlagTable): Parsed {
  const options: NonNullable<ParseArgsConfig['options']> = {};
  for (const name of [...(table.text ?? []), ...(table.texts ?? [])]) {
    options[name] = { type: 'string', multiple: true };
  }
  for (const name of table.on ?? []) options[name] = { type: 'boolean', multiple: true };
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options,
      strict: true,
      allowPositionals: true,
    });
    const lists: Record<string, readonly (string | boolean)[]> = {};
    for (const [name, value] of Object.entries(values)) {
      if (Array.isArray(value)) lists[name] = value;
    }
    return { values: lists, positionals };
  } catch (cause) {
    // Its first sentence says it; the rest is advice for programmers.
    const message = cause instanceof Error ? cause.message : String(cause);
    throw malformed(message.split('. ')[0] ?? message, cause);
  }
}

function textOf(value: string | boolean | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function malformed(message: string, cause?: unknown): TransparencyError {
  return new TransparencyError('config.malformed', message, { cause });
}
