import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isProvenBy, isUnusual } from '../../harness/define.js';
import { loadChecks } from '../../harness/discovery/load-checks.js';
import { loadProcedures } from '../../harness/discovery/load-procedures.js';
import { intactHistory } from './fault-injection/intact-history.js';

const procedures = await loadProcedures();

test('there are procedures', () => {
  assert.ok(procedures.length > 0);
});

const UNUSUAL = 'this is unusual, and the evidence has to say what is usual';

for (const { check } of procedures) {
  for (const proof of check.proofs) {
    test(`${check.id}: ${proof.name}: ${proof.verdict}`, () => {
      const subject = proof.subject ?? (check.subjects[0] as string);
      assert.ok(check.subjects.includes(subject), `'${subject}' is no subject of it`);
      // Through JSON and back: what is judged again from a saved history is the same.
      const observation: unknown = JSON.parse(JSON.stringify(proof.observation));
      const judgement = check.judge(observation, subject);
      const { verdict, evidence } = judgement;
      assert.is(verdict, proof.verdict, evidence);
      assert.is(
        isUnusual(judgement),
        proof.unusual === true,
        `${proof.unusual === true ? UNUSUAL : 'this is the usual'}: ${evidence}`,
      );
      assert.ok(isProvenBy(judgement, proof), `the evidence has to say '${proof.says}': ${evidence}`);
      assert.match(evidence, /\S.*[.!?]$/s, 'evidence is a sentence');
    });
  }

  test(`${check.id} is proved able to fail, and able not to`, () => {
    const verdicts = check.proofs.map((proof) => proof.verdict);
    assert.ok(
      verdicts.some((verdict) => verdict === 'pass' || verdict === 'info'),
      'no proof passes',
    );
    assert.ok(
      check.level === 'INFO' || verdicts.some((verdict) => verdict === 'fail' || verdict === 'deviation'),
      'no proof fails',
    );
    assert.ok(verdicts.includes('broken'), 'no proof shows that too little evidence is broken');
    assert.ok(
      verdicts.every((verdict) => !(check.level === 'SHOULD' && verdict === 'fail')),
      'a SHOULD that is broken is a deviation',
    );
    assert.ok(
      verdicts.every((verdict) => !(check.level === 'MUST' && verdict === 'info')),
      'a MUST is never merely information',
    );
  });

  test(`${check.id} cites what it holds each subject to`, () => {
    for (const subject of check.subjects) {
      const { document, quote } = check.source(subject);
      assert.ok(document.length > 3 && quote.length > 10, subject);
    }
  });
}

/**
 * Losses, repetitions and disorders are rare where there are any: a pass says how rare. One message alone decides the
 * others.
 */
const ONE_DECIDES = ['loss/short-buffer', 'loss/all-closed', 'ordering/priority', 'ordering/io-uring-linked'];
const COUNTED = [
  'lifecycle/thundering',
  'atomicity/le-pipe-buf',
  'atomicity/whole-messages',
  'backpressure/blocking-blocks',
  'backpressure/no-lost-wakeup',
  'backpressure/nonblocking-eagain',
  'cloexec/atomic-race',
  'eintr/partial-write',
  'disturbance/cpu-starvation',
  'disturbance/eintr-storm',
  'disturbance/fork-in-the-middle',
  'disturbance/sigkill-writer',
  'disturbance/sigstop-resume',
  'lifecycle/connect-storm',
  'lifecycle/echo-server',
  'atomicity/queue-messages',
  'exit/before-messages',
  'handles/round-robin',
  'backpressure/bounded-helper',
  'backpressure/callback-after-write',
  'backpressure/send-returns-false',
  'handles/pause-on-connect',
  'ordering/value-chain',
  'readiness/futex-reference',
];

test('a pass over many messages prints the power of its detection', async () => {
  const lossLike = procedures.filter(
    ({ check }) =>
      COUNTED.includes(check.id) ||
      (/^(loss|ordering|duplication)\//.test(check.id) && check.level !== 'INFO' && !ONE_DECIDES.includes(check.id)),
  );
  assert.is(lossLike.length, COUNTED.length + 6);
  for (const { check } of lossLike) {
    const printed = check.proofs
      .map(({ observation, subject }) => check.judge(observation, subject ?? (check.subjects[0] as string)))
      .filter(({ verdict }) => verdict === 'pass')
      .map(({ evidence }) => evidence);
    assert.ok(
      printed.some((evidence) => /\(no .+ in \d+ [a-z]+: rate below \d\.\de[-+]\d+ at 95 %\)/.test(evidence)),
      `${check.id}: ${printed.join(' ')}`,
    );
  }
  const intact = intactHistory({
    framing: 'message',
    planned: 1000,
    seed: 1,
    minBytes: 64,
    maxBytes: 4096,
    sender: 'initiator',
    end: 'eof',
  });
  // Whether a sender is asked to wait is found out once, not in each message.
  for (const check of (await loadChecks()).filter(({ id }) => id !== 'backpressure/sender-waits'))
    assert.match(check.judge(intact).evidence, /in 1000 messages: rate below 3\.0e-3 at 95 %/, check.id);
});

test('every check that the README names exists', async () => {
  const ids = new Set([...procedures.map(({ check }) => check.id), ...(await loadChecks()).map(({ id }) => id)]);
  const readme = readFileSync(new URL('../../../suites/conformance/README.md', import.meta.url), 'utf8');
  for (const [heading, least] of [
    ['What two well-known articles describe', 40],
    ['Fifteen results that surprise', 35],
  ] as const) {
    const section = readme.split('\n## ').find((part) => part.startsWith(heading)) ?? '';
    const named = [...section.matchAll(/`([a-z][a-z0-9-]*\/[a-z0-9-]+)`/g)].map(([, id]) => id ?? '');
    assert.ok(named.length > least, `${heading}: ${named.length}`);
    assert.equal(
      named.filter((id) => !ids.has(id)),
      [],
    );
  }
});

test.run();
