import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { placeInStack } from './place-in-stack.js';

const ours = fileURLToPath(new URL('./run-js-peer.js', import.meta.url));
const builtIn = fileURLToPath(new URL('../../suites/transports/node-net.js', import.meta.url));
const stack = (...lines: readonly string[]): string =>
  ['Error: no more', ...lines.map((line) => `    at ${line}`)].join('\n');
const module = 'file:///home/me/my%20transport/mine.mjs';

const places: readonly (readonly [what: string, stack: unknown, found: string | null])[] = [
  [
    'the module itself',
    stack(`Object.send (${module}:12:9)`, `runWorkload (${ours}:3:1)`),
    '/home/me/my transport/mine.mjs:12:9',
  ],
  [
    'the module, though it failed in what it imports',
    stack('encode (file:///home/me/codec.mjs:2:9)', `Object.send (${module}:12:9)`),
    '/home/me/my transport/mine.mjs:12:9',
  ],
  [
    'what it imports, where the module is not in the stack',
    stack('node:internal/timers:5:1', 'Timeout.tick [as _onTimeout] (/home/me/node_modules/ws/lib/a.js:2:9)'),
    '/home/me/node_modules/ws/lib/a.js:2:9',
  ],
  ['a line without a function', stack(`${module}:1:7`), '/home/me/my transport/mine.mjs:1:7'],
  ['an asynchronous line', stack(`async ${module}:1:7`), '/home/me/my transport/mine.mjs:1:7'],
  ['a built-in transport', stack(`Object.send (${builtIn}:12:9)`), `${builtIn}:12:9`],
  [
    'our own files',
    stack(
      `runWorkload (file://${ours}:3:1)`,
      'process.processTicksAndRejections (node:internal/process/task_queues:95:5)',
    ),
    null,
  ],
  ['no stack', undefined, null],
  ['an empty stack', '', null],
];

for (const [what, given, found] of places)
  test(`the place in a stack: ${what}`, () => assert.is(placeInStack(given, module), found));

test.run();
