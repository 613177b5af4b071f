// Proof that the judges' tests would notice a judge that is wrong: `node dist/suites/conformance/mutation/main.js`.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mutantsOf, type Mutant } from './mutants-of.js';

/**
 * Share of mutants that has to be noticed, of every module and so of all. What stays unnoticed is printed, to be looked
 * at.
 */
const LEAST_SCORE = 0.9;
const TESTS = [
  ...['evidence', 'content', 'total-queue', 'endings', 'runs'].map((name) => `judges/${name}.test.js`),
  'fault-injection/fault-table.test.js',
];
/**
 * A mutant that loops for ever is noticed as well. The tests take three seconds; on a loaded machine being slow must
 * not look like that.
 */
const TIMEOUT_MS = 60_000;

const built = fileURLToPath(new URL('../../../', import.meta.url));
const copy = mkdtempSync(join(tmpdir(), 'ipcbench-mutation-'));

/** A copy of all that is compiled, so that no other process meets a wrong judge. */
function copyTree(): void {
  cpSync(built, join(copy, 'dist'), { recursive: true, filter: (path) => !path.endsWith('.d.ts') });
  // A test holds the README's table against the real one.
  cpSync(
    fileURLToPath(new URL('../../../../suites/conformance/README.md', import.meta.url)),
    join(copy, 'suites/conformance/README.md'),
  );
  writeFileSync(join(copy, 'package.json'), '{"type":"module"}');
  symlinkSync(fileURLToPath(new URL('../../../../node_modules', import.meta.url)), join(copy, 'node_modules'));
}

function passesTests(): boolean {
  return TESTS.every((name) => {
    const { status } = spawnSync(process.execPath, [join(copy, 'dist/suites/conformance', name)], {
      stdio: 'ignore',
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL',
      env: { ...process.env, FAULT_SEEDS: '30' },
    });
    return status === 0;
  });
}

interface Mutated {
  readonly name: string;
  readonly count: number;
  readonly unnoticed: readonly string[];
}

/** The judges of procedures, against the proofs that each check carries. */
function mutateProcedures(): Mutated[] {
  const program = join(copy, 'dist/suites/conformance/mutation/mutate-module.js');
  const folder = join(copy, 'dist/suites/conformance/checks');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .filter(
      (file) =>
        file.endsWith('.js') &&
        !file.endsWith('.test.js') &&
        readFileSync(join(folder, file), 'utf8').includes('defineProcedure('),
    )
    .map((name) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [program, join(folder, name)], {
        encoding: 'utf8',
        timeout: 5 * TIMEOUT_MS,
        killSignal: 'SIGKILL',
      });
      if (status !== 0) throw new Error(`${name} could not be mutated: ${stderr}`);
      return { name, ...(JSON.parse(stdout) as Omit<Mutated, 'name'>) };
    });
}

function run(): number {
  copyTree();
  if (!passesTests()) {
    process.stderr.write('The tests of the judges fail without any mutation. Run them first.\n');
    return 1;
  }
  const folder = join(copy, 'dist/suites/conformance/judges');
  const survivors: string[] = [];
  const weak: string[] = [];
  let count = 0;
  const tell = ({ name, count: made, unnoticed }: Mutated): void => {
    count += made;
    survivors.push(...unnoticed.map((survivor) => `${name}:${survivor}`));
    if (made - unnoticed.length < made * LEAST_SCORE) weak.push(name);
    process.stdout.write(`${name}: ${made - unnoticed.length} of ${made} noticed\n`);
  };
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.js') && !file.endsWith('.test.js'))) {
    const path = join(folder, name);
    const original = readFileSync(path, 'utf8');
    const mutants = mutantsOf(original);
    const unnoticed = mutants.filter((mutant: Mutant) => {
      writeFileSync(path, mutant.source);
      return passesTests();
    });
    writeFileSync(path, original);
    tell({
      name,
      count: mutants.length,
      unnoticed: unnoticed.map(
        ({ line, change }) => `${line}: ${change}    ${original.split('\n')[line - 1]?.trim() ?? ''}`,
      ),
    });
  }
  for (const mutated of mutateProcedures()) tell(mutated);
  const score = (count - survivors.length) / count;
  process.stdout.write(
    `${survivors.map((survivor) => `unnoticed: ${survivor}\n`).join('')}${count - survivors.length} of ${count} ` +
      `mutants noticed (${(score * 100).toFixed(1)} %).\n`,
  );
  if (weak.length > 0) process.stdout.write(`Below ${100 * LEAST_SCORE} %: ${weak.join(', ')}.\n`);
  return weak.length === 0 ? 0 : 1;
}

try {
  process.exitCode = run();
} finally {
  rmSync(copy, { recursive: true });
}
