// test-deadline-s: 300
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { skip } from '../../../ci/dev/test-runner/skip.js';
import { parseReport } from '../../../reports/schema/parse-report.js';
import type { Verdict } from '../../model/index.js';
import { runCli } from './run-cli.js';

const readme = readFileSync(
  fileURLToPath(new URL('../../../../suites/conformance/README.md', import.meta.url)),
  'utf8',
);
const section = readme.split('\n## ').find((part) => part.startsWith('Fifteen results')) ?? '';
const inBackticks = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, inside]) => inside ?? '');
const rows = [...section.matchAll(/^\| (\d+) \| (.*?) \| (.*?) \| (.*?) \| (.*?) \|$/gm)].map(
  ([, number, result, checks, , shown]) => ({
    number: Number(number),
    result: result ?? '',
    checks: inBackticks(checks ?? ''),
    figures: inBackticks(shown ?? ''),
  }),
);
const command = /```\nipcbench ([^`]*)```/.exec(section)?.[1]?.replaceAll('\\\n', ' ').trim().split(/\s+/) ?? [];

const test = suite<{ verdicts: readonly Verdict[] }>('the fifteen results');

test.before(async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'f-'));
  try {
    const { exitCode, stderr } = await runCli([...command, '--out', folder]);
    assert.is(exitCode, 0, stderr);
    context.verdicts = parseReport(readFileSync(join(folder, 'report.json'), 'utf8')).verdicts;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('there are fifteen, each with checks and figures, and the command runs those checks', () => {
  assert.equal(
    rows.map(({ number }) => number),
    Array.from({ length: 15 }, (_, index) => index + 1),
  );
  assert.ok(rows.every(({ checks, figures }) => checks.length > 0 && figures.length > 0));
  assert.equal(
    command.flatMap((word, at) => (command[at - 1] === '--check' ? word.split(',') : [])).sort(),
    rows.flatMap(({ checks }) => checks).sort(),
  );
});

for (const { number, result, checks, figures } of rows) {
  test(`${number}. ${result}`, ({ verdicts }) => {
    const reason = whyFiguresDiffer();
    if (reason !== null) skip(reason);
    const evidence = verdicts.filter(({ checkId }) => checks.includes(checkId)).map((verdict) => verdict.evidence);
    assert.equal(
      figures.filter((figure) => !evidence.some((text) => text.includes(figure))),
      [],
      evidence.join('\n'),
    );
  });
}

test('nothing of it is broken, and every deviation is recorded', ({ verdicts }) => {
  assert.equal(
    verdicts
      .filter(
        ({ verdict, known }) =>
          verdict === 'broken' || verdict === 'fail' || (verdict === 'deviation' && known === null),
      )
      .map(({ id, evidence }) => `${id}: ${evidence}`),
    [],
  );
});

test.run();

/** The figures are those of one version of Node and of the kernel's usual limits. */
function whyFiguresDiffer(): string | null {
  if (!process.version.startsWith('v20.')) return `the figures are those of Node 20, and this is ${process.version}`;
  const usual = {
    'net/core/wmem_default': '212992',
    'net/unix/max_dgram_qlen': '10',
    'fs/pipe-user-pages-soft': '16384',
  };
  const other = Object.entries(usual).find(([name, value]) => sysctl(name) !== value);
  return other === undefined
    ? null
    : `the figures are those of ${other[0]} ${other[1]}, and here it is ${sysctl(other[0])}`;
}

function sysctl(name: string): string {
  try {
    return readFileSync(`/proc/sys/${name}`, 'latin1').trim();
  } catch {
    return 'not to be read';
  }
}
