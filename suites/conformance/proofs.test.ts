import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadChecks } from '../../harness/suites/load-checks.js';
import { loadProcedures } from '../../harness/suites/load-procedures.js';

const procedures = await loadProcedures();

test('there are procedures', () => {
  assert.ok(procedures.length > 0);
});

for (const { check } of procedures) {
  for (const proof of check.proofs) {
    test(`${check.id}: ${proof.name}: ${proof.verdict}`, () => {
      const subject = proof.subject ?? (check.subjects[0] as string);
      assert.ok(check.subjects.includes(subject), `'${subject}' is no subject of it`);
      // Through JSON and back: what is judged again from a saved history is the same.
      const observation: unknown = JSON.parse(JSON.stringify(proof.observation));
      const { verdict, evidence } = check.judge(observation, subject);
      assert.is(verdict, proof.verdict, evidence);
      assert.match(evidence, /\S.*[.!?]$/s, 'evidence is a sentence');
    });
  }

  test(`${check.id} is proved able to fail, and able not to`, () => {
    const verdicts = check.proofs.map((proof) => proof.verdict);
    assert.ok(verdicts.some((verdict) => verdict === 'pass' || verdict === 'info'), 'no proof passes');
    assert.ok(check.level === 'INFO' || verdicts.some((verdict) => verdict === 'fail' || verdict === 'deviation'), 'no proof fails');
    assert.ok(verdicts.includes('broken'), 'no proof shows that too little evidence is broken');
    assert.ok(verdicts.every((verdict) => !(check.level === 'SHOULD' && verdict === 'fail')), 'a SHOULD that is broken is a deviation');
    assert.ok(verdicts.every((verdict) => !(check.level === 'MUST' && verdict === 'info')), 'a MUST is never merely information');
  });

  test(`${check.id} cites what it holds each subject to`, () => {
    for (const subject of check.subjects) {
      const { document, quote } = check.source(subject);
      assert.ok(document.length > 3 && quote.length > 10, subject);
    }
  });
}

test('every check that the README names exists', async () => {
  const ids = new Set([...procedures.map(({ check }) => check.id), ...(await loadChecks()).map(({ id }) => id)]);
  const readme = readFileSync(new URL('../../../suites/conformance/README.md', import.meta.url), 'utf8');
  const section = /## What two well-known articles describe[^]*?\n## /.exec(readme)?.[0] ?? '';
  const named = [...section.matchAll(/`([a-z][a-z0-9-]*\/[a-z0-9-]+)`/g)].map(([, id]) => id ?? '');
  assert.ok(named.length > 40);
  assert.equal(named.filter((id) => !ids.has(id)), []);
});

test.run();
