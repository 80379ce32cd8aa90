import { parseSync } from 'oxc-parser';

/** One check of a source. */
export interface Check {
  readonly file: string;
  readonly line: number;
  /** Its text, on one line. */
  readonly text: string;
}

/** A source whose checks can be taken away one at a time, while it runs. */
export interface Instrumented {
  readonly checks: readonly Check[];
  /** The source; each check asks `globalThis.stands(number)` whether it is to be made. */
  readonly source: string;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [member: string]: unknown;
}

/** Where a check stands, and what is put around it. */
interface Place {
  readonly node: Node;
  readonly around: (stands: string) => readonly [string, string];
}

/**
 * Finds the checks of a source: each operand of a condition on which it throws, each condition of a truth that it
 * returns or names, each call of a `check…` whose answer nobody takes.
 *
 * @param first  number of the first check
 */
export function instrument(file: string, source: string, first: number): Instrumented {
  const places: Place[] = [];
  visit(parseSync(file, source, { lang: 'ts' }).program, (node) => {
    if (node.type === 'IfStatement' && throws(node['consequent'])) {
      for (const operand of operandsOf(node['test'], '||')) {
        places.push({ node: operand, around: (stands) => [`(${stands} && (`, '))'] });
      }
    }
    for (const operand of operandsOf(truthOf(node), '&&')) {
      places.push({ node: operand, around: (stands) => [`(!${stands} || (`, '))'] });
    }
    if (node.type === 'ExpressionStatement' && isCheckCall(node['expression'])) {
      places.push({ node, around: (stands) => [`{ if (${stands}) `, ' }'] });
    }
  });
  places.sort((a, b) => a.node.start - b.node.start || b.node.end - a.node.end);
  const inserted: { readonly at: number; readonly text: string }[] = [];
  for (const [i, { node, around }] of places.entries()) {
    inserted.push({ at: node.start, text: around(`globalThis.stands(${first + i})`)[0] });
  }
  // A check that stands inside another ends before it.
  for (const { node, around } of places.toReversed()) {
    inserted.push({ at: node.end, text: around('')[1] });
  }
  // Sorting keeps the order of what stands at one place.
  inserted.sort((a, b) => a.at - b.at);
  let instrumented = '';
  let from = 0;
  for (const { at, text } of inserted) {
    instrumented += source.slice(from, at) + text;
    from = at;
  }
  const checks = places.map(({ node: { start, end } }) => ({
    file,
    line: source.slice(0, start).split('\n').length,
    text: source.slice(start, end).replaceAll(/\s+/g, ' '),
  }));
  return { checks, source: instrumented + source.slice(from) };
}

/** Does it throw, at once or as the last statement of a block? */
function throws(node: unknown): boolean {
  if (!isNode(node)) return false;
  if (node.type === 'ThrowStatement') return true;
  const body = node['body'];
  return node.type === 'BlockStatement' && Array.isArray(body) && throws(body.at(-1));
}

/** The truth that a node returns or names, of more than one condition. */
function truthOf(node: Node): unknown {
  const value =
    node.type === 'ReturnStatement'
      ? node['argument']
      : node.type === 'VariableDeclarator'
        ? node['init']
        : null;
  return isNode(value) && value.type === 'LogicalExpression' && value['operator'] === '&&'
    ? value
    : null;
}

/** The operands of a chain of one operator; the node itself if it is none. */
function operandsOf(node: unknown, operator: '||' | '&&'): Node[] {
  if (!isNode(node)) return [];
  if (node.type === 'ParenthesizedExpression') return operandsOf(node['expression'], operator);
  if (node.type !== 'LogicalExpression' || node['operator'] !== operator) return [node];
  return [...operandsOf(node['left'], operator), ...operandsOf(node['right'], operator)];
}

/** `checkThis(…)` or `this.#checkThis(…)`, whose answer nobody takes. */
function isCheckCall(node: unknown): boolean {
  if (!isNode(node) || node.type !== 'CallExpression') return false;
  const callee = node['callee'] as Node;
  const name = callee.type === 'MemberExpression' ? (callee['property'] as Node) : callee;
  return /^check[A-Z]/.test(String(name['name'] ?? ''));
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value;
}

function visit(value: unknown, see: (node: Node) => void): void {
  if (Array.isArray(value)) for (const item of value) visit(item, see);
  else if (isNode(value)) {
    see(value);
    for (const child of Object.values(value)) visit(child, see);
  }
}
