import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { readFileSync } from 'node:fs';
import { isProvenBy, type ProcedureCheck } from '../../../harness/define.js';
import { judgeMutants } from './judge-mutants.js';

// One module of procedures, in a process of its own: prints how many mutants of its judges there are, and those that no
// proof noticed.
const [path = ''] = process.argv.slice(2);
const source = readFileSync(path, 'utf8');
const mutants = judgeMutants(source);
const unnoticed: string[] = [];
for (const [index, mutant] of mutants.entries()) {
  const mutated = path.replace(/\.js$/, `.mutant-${index}.js`);
  writeFileSync(mutated, mutant.source);
  if (await isUnnoticed(mutated))
    unnoticed.push(`${mutant.line}: ${mutant.change}    ${source.split('\n')[mutant.line - 1]?.trim() ?? ''}`);
}
process.stdout.write(JSON.stringify({ count: mutants.length, unnoticed }));

/** A module that no longer loads and a judge that throws are noticed as well. */
async function isUnnoticed(mutated: string): Promise<boolean> {
  try {
    const exports = (await import(pathToFileURL(mutated).href)) as Record<string, unknown>;
    return Object.values(exports)
      .filter(
        (value): value is ProcedureCheck =>
          typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'procedure',
      )
      .every((check) =>
        check.proofs.every((proof) =>
          isProvenBy(check.judge(proof.observation, proof.subject ?? (check.subjects[0] as string)), proof),
        ),
      );
  } catch {
    return false;
  }
}
