import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { emptyGate, hostileGate, largeGate, passingGate, plausibleGate } from '../golden/gate-fixture.js';
import { renderAnnotations } from './render-annotations.js';

/** The grammar of a workflow command, and the unescaping that the runner does. */
function readCommands(
  text: string,
): readonly { readonly level: string; readonly title: string; readonly message: string }[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const parts = /^::(error|warning|notice) title=([^:,\r\n]*)::([^\r\n]*)$/.exec(line);
      if (parts === null) throw new Error(`no workflow command: ${line}`);
      const [, level = '', title = '', message = ''] = parts;
      for (const value of [title, message])
        for (const [escape] of value.matchAll(/%../g))
          assert.ok(['%25', '%0D', '%0A', '%3A', '%2C'].includes(escape), escape);
      const unescape = (value: string): string =>
        value
          .replaceAll('%2C', ',')
          .replaceAll('%3A', ':')
          .replaceAll('%0A', '\n')
          .replaceAll('%0D', '\r')
          .replaceAll('%25', '%');
      return { level, title: unescape(title), message: unescape(message) };
    });
}

test('errors are what closes the gate, warnings what was not decided, notices what got better', () => {
  const gate = plausibleGate();
  const commands = readCommands(renderAnnotations(gate));
  const count = (level: string): number => commands.filter((command) => command.level === level).length;
  // 2 regressed, 1 lacked by head, 1 promise broken and 1 gone; 2 inconclusive and 2 warnings; 2 improved, 1 new in
  // head, 1 promise kept again.
  assert.equal([count('error'), count('warning'), count('notice')], [5, 4, 4]);
  assert.equal(commands[0], {
    level: 'error',
    title: 'unix-stream/native/ping-pong/64B/same-cpu, round trip p25: regressed',
    message: gate.comparisons[0]?.reason,
  });
});

test('a percent sign, a comma and a colon survive', () => {
  const text = renderAnnotations(plausibleGate());
  assert.match(
    text,
    /^::error title=unix-stream\/native\/ping-pong\/64B\/same-cpu%2C round trip p25%3A regressed::Worse by 6\.0 %25, at least 4\.7 %25, /,
  );
});

test('advisory figures and passes annotate nothing', () => {
  assert.is(renderAnnotations(passingGate()), '');
  assert.is(renderAnnotations(largeGate()), '');
});

test('more than ten of a level end in how many there are', () => {
  const gate = plausibleGate();
  const worst = gate.comparisons[0];
  if (worst === undefined) throw new Error('the fixture has no comparison');
  const commands = readCommands(
    renderAnnotations({
      ...gate,
      comparisons: Array.from({ length: 30 }, () => worst),
      verdictChanges: [],
      warnings: [],
    }),
  );
  assert.is(commands.length, 10);
  assert.is(commands.at(-1)?.message, "And 21 more: the job's summary has them all.");
});

test('text from outside cannot begin a command of its own', () => {
  const gate = hostileGate();
  const hostile = {
    ...gate,
    comparisons: gate.comparisons.map((found) => ({ ...found, reason: 'one\n::add-mask::x\r\n::error::two%0A' })),
  };
  const commands = readCommands(renderAnnotations(hostile));
  assert.ok(commands.length > 5);
  assert.ok(commands.every(({ message }) => !message.includes('\n')));
});

test('a gate that has only begun is red, and says that it has', () => {
  assert.match(
    renderAnnotations(emptyGate()),
    /^::error title=ipcbench::[^\n]+\n::warning title=ipcbench::The gate had not ended/,
  );
});

test.run();
