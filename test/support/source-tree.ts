import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';

const SOURCE_FOLDER = join(import.meta.dirname, '..', '..', 'src');

/** One file of `src/`, parsed. */
export interface SourceFile {
  /** `http/problems.ts` */
  readonly path: string;
  readonly text: string;
  readonly program: SourceNode;
}

/** A node of the syntax tree, as it comes (ESTree with TypeScript). */
export interface SourceNode {
  readonly type: string;
  readonly [member: string]: unknown;
}

/** A node and those around it, the innermost first. */
export interface Found {
  readonly node: SourceNode;
  readonly around: readonly SourceNode[];
}

/** Every file of `src/` but those that programs make. */
export function sourceFiles(): readonly SourceFile[] {
  return readdirSync(SOURCE_FOLDER, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.generated.ts'))
    .sort()
    .map((path) => {
      const text = readFileSync(join(SOURCE_FOLDER, path), 'utf8');
      // The shapes of its nodes are looked at one by one.
      const program = parseSync(path, text).program as unknown as SourceNode;
      return { path, text, program };
    });
}

/** All nodes below one, itself included. */
export function* nodesBelow(
  node: SourceNode,
  around: readonly SourceNode[] = [],
): Generator<Found> {
  yield { node, around };
  for (const member of Object.values(node)) {
    for (const child of Array.isArray(member) ? member : [member]) {
      if (isNode(child)) yield* nodesBelow(child, [node, ...around]);
    }
  }
}

/** The text of a string literal, or undefined for any other node. */
export function textOfLiteral(node: unknown): string | undefined {
  if (!isNode(node) || node.type !== 'Literal') return undefined;
  return typeof node['value'] === 'string' ? node['value'] : undefined;
}

/** The name of an identifier, or of the member that an expression ends in: `flags.text` is `text`. */
export function nameOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === 'Identifier') return String(node['name']);
  if (node.type === 'MemberExpression') return nameOf(node['property']);
  return undefined;
}

function isNode(value: unknown): value is SourceNode {
  return typeof value === 'object' && value !== null && 'type' in value;
}
