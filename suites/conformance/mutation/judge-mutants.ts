import { mutantsOf, type Mutant } from './mutants-of.js';

/**
 * Mutants of the judges of a compiled module of procedures, and of nothing else in it: every wrong comparison inside a
 * `judge`, and every line of one left out that holds something seen against something wanted (`'words': [seen,
 * wanted],`).
 */
export function judgeMutants(source: string): readonly Mutant[] {
  const lines = source.split('\n');
  const isInJudge = judgeLines(lines);
  const compared = mutantsOf(source).filter((mutant) => isInJudge[mutant.line - 1] === true);
  const leftOut = lines.flatMap((line, index): Mutant[] => {
    if (isInJudge[index] !== true || !/^\s*(?:'[^']*'|"[^"]*"|`[^`]*`|\[[^\]]*\]|\w+): \[.*\],?$/.test(line)) return [];
    return [
      { line: index + 1, change: 'line left out', source: lines.filter((_, other) => other !== index).join('\n') },
    ];
  });
  return [...compared, ...leftOut];
}

/**
 * From the line that opens a `judge` to the one before its object's `proofs`, and the module's own functions that it
 * calls.
 */
function judgeLines(lines: readonly string[]): readonly boolean[] {
  let inside = false;
  const marked = lines.map((line) => {
    if (/^ {4}judge(?:\(|:)/.test(line)) inside = true;
    else if (/^ {4}proofs:/.test(line)) inside = false;
    return inside;
  });
  const waiting = [...declarationsIn(lines)];
  for (let found = true; found;) {
    const judged = lines.filter((_, index) => marked[index] === true).join('\n');
    found = false;
    for (const [position, { name, from, to }] of waiting.entries()) {
      if (!new RegExp(`\\b${name}\\b`).test(judged)) continue;
      marked.fill(true, from, to + 1);
      waiting.splice(position, 1);
      found = true;
      break;
    }
  }
  return marked;
}

interface Declaration {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** Functions at the outermost level of a module; not the checks themselves. */
function declarationsIn(lines: readonly string[]): readonly Declaration[] {
  return lines.flatMap((line, from): Declaration[] => {
    const name = /^(?:function|const) (\w+)(?:\(| = )/.exec(line)?.[1];
    if (name === undefined || line.includes('defineProcedure(')) return [];
    if (line.endsWith(';')) return [{ name, from, to: from }];
    const length = lines.slice(from + 1).findIndex((later) => /^[}\])]/.test(later));
    return [{ name, from, to: length === -1 ? lines.length - 1 : from + 1 + length }];
  });
}
