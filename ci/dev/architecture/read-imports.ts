import { parseSync } from 'oxc-parser';

export interface Import {
  readonly specifier: string;
  readonly isTypeOnly: boolean;
}

export interface Imports {
  /**
   * Every static import, re-export, dynamic import of a literal, type import and require, and every literal that
   * `new URL(…, import.meta.url)` makes an address of: by such a one a module is imported, or hosted in a process.
   */
  readonly named: readonly Import[];
  /** How many dynamic imports compute what they import. */
  readonly computed: number;
}

/** What a TypeScript source imports. Throws for one that is none. */
export function readImports(source: string): Imports {
  const { program, errors } = parseSync('source.ts', source);
  const [error] = errors;
  if (error !== undefined) throw new Error(error.message);
  const named: Import[] = [];
  let computed = 0;
  for (const node of nodesIn(program)) {
    const isComputed = node.type === 'ImportExpression' && literalOf(node['source']) === null && !isUrl(node['source']);
    if (isComputed) computed += 1;
    const found = importOf(node);
    if (found !== null) named.push(found);
  }
  return { named, computed };
}

interface Node extends Readonly<Record<string, unknown>> {
  readonly type: string;
}

function importOf(node: Node): Import | null {
  switch (node.type) {
    // `import { type A }` keeps the module itself, under verbatimModuleSyntax.
    case 'ImportDeclaration':
      return importedBy(node['source'], node['importKind'] === 'type');
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
      return importedBy(node['source'], node['exportKind'] === 'type');
    case 'ImportExpression':
      return importedBy(node['source'], false);
    case 'TSImportType':
      return importedBy(node['source'], true);
    case 'CallExpression':
      return isRequire(node['callee']) ? importedBy(firstOf(node['arguments']), false) : null;
    case 'NewExpression':
      return isUrl(node) ? importedBy(firstOf(node['arguments']), false) : null;
    default:
      return null;
  }
}

function importedBy(specifier: unknown, isTypeOnly: boolean): Import | null {
  const text = literalOf(specifier);
  return text === null ? null : { specifier: text, isTypeOnly };
}

/** A string, or a template without a hole. */
function literalOf(node: unknown): string | null {
  if (!isNode(node)) return null;
  if (node.type === 'Literal' && typeof node['value'] === 'string') return node['value'];
  if (node.type !== 'TemplateLiteral') return null;
  const [part, ...more] = node['quasis'] as readonly { readonly value: { readonly cooked: string } }[];
  return part !== undefined && more.length === 0 ? part.value.cooked : null;
}

/** `require(…)` and `require.resolve(…)`. */
function isRequire(callee: unknown): boolean {
  if (!isNode(callee)) return false;
  const name = callee.type === 'MemberExpression' ? callee['object'] : callee;
  return isNode(name) && name['name'] === 'require';
}

/** `new URL('…', import.meta.url)`, and its `.href`. */
function isUrl(node: unknown): boolean {
  if (!isNode(node)) return false;
  if (node.type === 'MemberExpression') return isUrl(node['object']);
  if (node.type !== 'NewExpression' || !isNode(node['callee']) || node['callee']['name'] !== 'URL') return false;
  const [address, base] = node['arguments'] as readonly unknown[];
  return (
    literalOf(address) !== null && isNode(base) && isNode(base['object']) && base['object'].type === 'MetaProperty'
  );
}

const firstOf = (list: unknown): unknown => (list as readonly unknown[])[0];

function* nodesIn(value: unknown): Generator<Node> {
  if (Array.isArray(value)) for (const one of value) yield* nodesIn(one);
  if (!isNode(value)) return;
  yield value;
  for (const part of Object.values(value)) if (typeof part === 'object') yield* nodesIn(part);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
