export interface Import {
  readonly specifier: string;
  readonly isTypeOnly: boolean;
}

/**
 * Every static import, re-export, dynamic import of a literal, type import and require of a TypeScript source. A scan
 * by eye of the forms this project writes, one statement at the start of a line: TypeScript 7 has no parser to call,
 * and esbuild, which has, drops types. A test holds the scan to everything esbuild finds. It may see an import inside a
 * template literal; it must not miss one.
 */
export function readImports(source: string): Import[] {
  const code = source.replace(/^\s*(\/\/|\/?\*).*$/gm, '');
  return [...matchStatements(code), ...matchCalls(code)];
}

function matchStatements(code: string): Import[] {
  const statement =
    /^[ \t]*(?:import\s*|(?:import|export)\b(?<bindings>[^'"`;()=]*?)\bfrom\s*)(?<quote>['"])(?<specifier>[^'"\n]+)\k<quote>/gm;
  return [...code.matchAll(statement)].map(({ groups }) => ({
    specifier: groups?.['specifier'] ?? '',
    isTypeOnly: isTypeOnly(groups?.['bindings'] ?? ''),
  }));
}

// `import { type A, b }` keeps b, and under verbatimModuleSyntax even `import { type A }` keeps the module itself.
function isTypeOnly(bindings: string): boolean {
  return /^\s*type\b\s*[^\s,]/.test(bindings);
}

function matchCalls(code: string): Import[] {
  const call = /\b(?:import|require|require\.resolve)\(\s*(['"`])(?<specifier>[^'"`$\n]+)\1(?<type>\)\.[A-Z])?/g;
  // `import('./a.js').A` can only be a type: as a value it would be a promise, which has no property of such a name.
  return [...code.matchAll(call)].map(({ groups }) => ({
    specifier: groups?.['specifier'] ?? '',
    isTypeOnly: groups?.['type'] !== undefined,
  }));
}
