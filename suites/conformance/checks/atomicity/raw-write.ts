import { fileURLToPath } from 'node:url';
import { defineProcedure } from '../../../../harness/define.js';
import { judgeExpected } from '../../support/expectations.js';
import { encode, NODE_IPC, serializationOf } from '../../support/node-ipc-channel.js';
import { messagesOf, namesOf, runParent } from '../../support/node-ipc-survival.js';
import { SILENT } from '../../support/unspecified-errors.js';

interface RawWrites {
  readonly messages: readonly unknown[];
  readonly errorEvents: readonly string[];
  readonly status: number | null;
  readonly fatal: string | null;
}

export const rawWriteCorrupts = defineProcedure<RawWrites>({
  id: 'atomicity/raw-write-corrupts',
  guarantee:
    'What a child writes to the descriptor of its channel past process.send() is read as part of the messages.',
  level: 'INFO',
  source: () => SILENT,
  subjects: NODE_IPC,
  expected:
    "A whole message is taken for one of the child's. One stray byte: 'json' ends the parent with a " +
    "SyntaxError; 'advanced' takes it for a length and hears nothing more, without an error.",
  procedure:
    "A Node child sends 'before', writes a whole message 'forged' to descriptor 3, then the byte 'x', sends " +
    "'after' and ends when that is written. The parent runs in a process of its own.",
  quick: false,
  observe: async (checkRun) => {
    const serialization = serializationOf(checkRun.subject);
    const program = fileURLToPath(new URL('../../children/node-ipc-raw-writer.js', import.meta.url));
    const run = await runParent(checkRun, {
      file: process.execPath,
      args: [program, encode(serialization, 'forged').toString('base64')],
      serialization,
      catches: false,
    });
    return { messages: messagesOf(run), errorEvents: namesOf(run, 'error'), status: run.status, fatal: run.fatal };
  },
  judge: ({ messages, errorEvents, status, fatal }, subject) => {
    const [usualDeath, usualStatus] = ({ json: ['SyntaxError', 1], advanced: [null, 0] } as const)[
      serializationOf(subject)
    ];
    return judgeExpected(
      {
        'heard after that': [messages.slice(1).map(String), ['forged']],
        'the parent died of': [fatal?.replace(/:.*/, '') ?? null, usualDeath],
        'exit status': [status, usualStatus],
        "'error' events": [errorEvents, []],
      },
      'info',
      { 'heard first': [messages.slice(0, 1).map(String), ['before']] },
    );
  },
  proofs: [
    {
      name: 'the parent dies',
      observation: { messages: ['before', 'forged'], errorEvents: [], status: 1, fatal: 'SyntaxError: …' },
      verdict: 'info',
      subject: 'node-ipc-json',
    },
    {
      name: 'the parent hears nothing more',
      observation: { messages: ['before', 'forged'], errorEvents: [], status: 0, fatal: null },
      verdict: 'info',
      subject: 'node-ipc-advanced',
    },
    {
      name: 'nothing was heard',
      observation: { messages: [], errorEvents: [], status: 0, fatal: null },
      verdict: 'broken',
    },
  ],
});
