import { chmodSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { execa } from 'execa';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { UserError } from '../../user-error.js';
import { openSession } from '../../session/session.js';
import { verifyLoader } from './verify-loader.js';
import { verifyRuntime } from './verify-runtime.js';
import { verifyWrap } from './verify-wrap.js';
import { findRuntime } from './runtime.js';

const test = suite<{ folder: string }>('programs of a variant');

test.before.each(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'fp-'));
});
test.after.each(async (context) => {
  await rm(context.folder, { recursive: true, force: true });
});

const script = (folder: string, text: string): string => {
  const path = join(folder, 'program');
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
};

const refuses = async (work: Promise<unknown>, sentence: RegExp): Promise<void> => {
  const error = await work.then(
    () => assert.unreachable('it was taken'),
    (thrown: unknown) => thrown,
  );
  assert.instance(error, UserError);
  assert.match((error as UserError).message, sentence);
  assert.is((error as UserError).exitCode, 2);
};

test('node is found by its path, relative to where it was typed, and on PATH', async () => {
  const expected = { name: 'node', version: process.version, args: [] };
  const found = async (text: string, cwd: string): Promise<unknown> => {
    const { file, ...rest } = await findRuntime('base', text, cwd);
    return { ...rest, isPath: file.includes('/') };
  };
  assert.equal(await found(process.execPath, '/'), { ...expected, isPath: true });
  assert.equal(await found(`./${basename(process.execPath)}`, dirname(process.execPath)), {
    ...expected,
    isPath: true,
  });
  assert.equal(await found(relative('/usr/lib', process.execPath), '/usr/lib'), { ...expected, isPath: true });
  const before = process.env['PATH'];
  process.env['PATH'] = `${dirname(process.execPath)}:${before ?? ''}`;
  try {
    assert.equal(await found('node', '/'), { ...expected, isPath: false });
  } finally {
    process.env['PATH'] = before;
  }
});

test('a program that is missing, no program, or a directory is told', async ({ folder }) => {
  await refuses(
    findRuntime('head', './absent', folder),
    /^--head runtime=\.\/absent: the program \/.*\/absent cannot be run \(ENOENT\)\. Give the path of a node, bun or deno\.$/,
  );
  await refuses(
    findRuntime('head', 'no-such-program-anywhere', folder),
    /no-such-program-anywhere cannot be run \(ENOENT\)/,
  );
  writeFileSync(join(folder, 'text'), '');
  await refuses(findRuntime('head', './text', folder), /\(EACCES\)/);
  await refuses(findRuntime('head', folder, folder), /\(EACCES\)/);
});

for (const [what, text, sentence] of [
  ['prints nothing', '', /^--base runtime=\.\/program is neither node, bun nor deno: '--version' gave ''\.$/],
  ['fails', 'echo no >&2; exit 3', /is neither node, bun nor deno: '--version' ended with 3\.$/],
  ['is another', 'echo GNU bash, version 5.2; echo more', /'--version' gave 'GNU bash, version 5\.2'\.$/],
  ['answers with a bare number, as npm does', 'echo 10.8.2', /'--version' gave '10\.8\.2'\.$/],
] as const) {
  test(`a program that ${what} is no runtime`, async ({ folder }) => {
    script(folder, text);
    await refuses(findRuntime('base', './program', folder), sentence);
  });
}

test(
  'a program, a wrapper or a preloaded library whose child outlives it is not waited for, and nothing of it is ' +
    'left',
  async ({ folder }) => {
    const fifo = join(folder, 'fifo');
    await execa('mkfifo', [fifo]);
    // The child holds the program's output, the channel and the FIFO open, and has a session of its own; the reader
    // ends
    // when it does not live.
    const leavesChild = `exec 9>${fifo}; setsid sleep 600 & echo started >&9`;
    const ended = async (work: Promise<unknown>): Promise<void> => {
      const reader = execa('cat', [fifo]);
      await work;
      assert.is((await reader).stdout, 'started');
    };
    const program = script(folder, `${leavesChild}; echo v22.0.0`);
    await ended(findRuntime('base', program, folder));
    await ended(verifyWrap('base', ['sh', '-c', `${leavesChild}; exec "$@"`, 'sh'], folder));
  },
);

test('an interruption ends a program that is asked, at once, and is what comes out', async ({ folder }) => {
  const fifo = join(folder, 'fifo');
  await execa('mkfifo', [fifo]);
  const program = script(folder, `exec 9>${fifo}; echo started >&9; sleep 600`);
  for (const ask of [
    (signal: AbortSignal) => verifyWrap('base', [program], folder, signal),
    (signal: AbortSignal) => findRuntime('base', program, folder, signal),
  ]) {
    const controller = new AbortController();
    const reader = execa('cat', [fifo]);
    const asked = ask(controller.signal).then(
      () => assert.unreachable('it was taken'),
      (error: unknown) => error,
    );
    await new Promise<void>((resolve) => reader.stdout.once('data', () => resolve()));
    const interruption = new Error('Interrupted by SIGINT.');
    controller.abort(interruption);
    assert.is(await asked, interruption);
    await reader;
  }
});

test('bun and deno are known by what they answer', async ({ folder }) => {
  const bun = script(folder, '[ "$1" = --version ] && echo 1.2.3 && exit; echo bun 1.2.3');
  assert.equal(await findRuntime('base', bun, folder), { name: 'bun', version: '1.2.3', file: bun, args: [] });
  const deno = script(folder, 'echo "deno 2.1.4 (stable, release, x86_64-unknown-linux-gnu)"; echo v8 1');
  assert.equal(await findRuntime('base', deno, folder), {
    name: 'deno',
    version: '2.1.4',
    file: deno,
    args: ['run', '--allow-all', '--quiet'],
  });
});

test('a wrapper that becomes what stands behind it, or stays between, is taken', async ({ folder }) => {
  await verifyWrap('base', [], folder);
  for (const wrap of [
    ['nice', '-n', '5'],
    ['env', '-i', `PATH=${process.env['PATH'] ?? ''}`],
    ['sh', '-c', '"$@"; exit', 'sh'],
    [script(folder, '"$@"')],
  ])
    await verifyWrap('base', wrap, folder);
});

for (const [what, wrap, sentence] of [
  [
    'is missing',
    ['no-such-wrapper', '-x'],
    /^--base wrap=no-such-wrapper -x does not run a command with the descriptors it was given \(the program no-such-wrapper cannot be run, ENOENT\)\./,
  ],
  ['never runs what stands behind it', ['true'], /\(it ended without running the command\)/],
  ['closes descriptors', ['sh', '-c', 'exec 3>&-; exec "$@"', 'sh'], /\(.*(3|file descriptor)/],
  ['does not know its own options', ['nice', '--no-such-option'], /\(.*\)/],
] as const) {
  test(`a wrapper that ${what} is refused`, async ({ folder }) => {
    await refuses(verifyWrap('base', wrap, folder), sentence);
  });
}

test(
  'a library that cannot be preloaded, and a directory that is not there, are refused: the linker would go on ' +
    'without',
  async ({ folder }) => {
    await verifyLoader('base', {}, folder);
    await verifyLoader('base', { LD_PRELOAD: '', LD_LIBRARY_PATH: `${folder}:` }, folder);
    const absent = join(folder, 'absent.so');
    await refuses(
      verifyLoader('head', { LD_PRELOAD: absent }, folder),
      /^--head env\.LD_PRELOAD=.*absent\.so: object '.*absent\.so' from LD_PRELOAD cannot be preloaded.*so the peers would run without it/,
    );
    writeFileSync(join(folder, 'text.so'), 'no library');
    await refuses(verifyLoader('head', { LD_PRELOAD: './text.so' }, folder), /text\.so.*cannot be preloaded/);
    await refuses(
      verifyLoader('head', { LD_LIBRARY_PATH: `${folder}:${absent}` }, folder),
      /^--head env\.LD_LIBRARY_PATH=.* names .*absent\.so, which is not a directory/,
    );
  },
);

test(
  'a runtime that cannot load the core, or closes the channel it is given, cannot host a peer; one that lacks ' +
    'what one driver needs can host the other',
  async ({ folder }) => {
    const session = await openSession({ cpus: null, timeoutMs: 5000, transportModules: [] });
    const node = { name: 'node', version: process.version, file: process.execPath, args: [] } as const;
    const under = (text: string) => ({
      ...session.context,
      runtime: { ...session.context.runtime, file: script(folder, text) },
    });
    try {
      await refuses(
        verifyRuntime('base', node, { ...session.context, addonPath: join(folder, 'no.node') }),
        /^--base runtime=: node v[\d.]+ cannot host a peer \(.*no\.node.*\)\. Name a node, 20\.19 or newer\.$/,
      );
      await refuses(
        verifyRuntime(
          'head',
          { ...node, name: 'bun', version: '1.2.3' },
          under('exec 3>&-; echo "Socket is closed" >&2; exit 1'),
        ),
        /^--head runtime=: bun 1\.2\.3 cannot host a peer \(Socket is closed\)/,
      );
      assert.equal(await verifyRuntime('base', node, session.context), new Map());
      // As bun does: what speaks over net.Socket ends, the loops of the addon do not need it.
      const lacksJs = under(
        'case "$*" in *"--driver js"*) echo "error: the socket was closed" >&2; exit 1;; esac; ' +
          `exec ${process.execPath} "$@"`,
      );
      assert.equal(await verifyRuntime('base', node, lacksJs), new Map([['js', 'error: the socket was closed']]));
      const lacksAddon = under(
        `case "$*" in *"--driver addon"*) echo "error: no addons" >&2; exit 1;; esac; exec ${process.execPath} "$@"`,
      );
      assert.equal(await verifyRuntime('base', node, lacksAddon), new Map([['addon', 'error: no addons']]));
    } finally {
      session.close();
    }
  },
);

test.run();
