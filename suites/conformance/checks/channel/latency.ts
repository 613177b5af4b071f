import { defineProcedure } from '../../../../harness/define.js';
import type { Burst } from '../../children/burst-sender.js';
import { NODE_IPC, serializationOf } from '../../support/node-ipc-channel.js';

interface Latency {
  readonly sent: number;
  readonly arrived: number;
  /** How many had arrived when the last send() had returned. */
  readonly arrivedMeanwhile: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** nodejs/node #30009: on macOS all of them came after the loop. */
export const largeLatency = defineProcedure<Latency>({
  id: 'channel/large-latency',
  guarantee:
    'How late large messages arrive that a child sends in one turn of its event loop: as they are sent, or ' +
    'after the loop.',
  level: 'INFO',
  source: () => ({
    document: 'Node.js 20, child_process, subprocess.send() (text not verified)',
    quote: 'Unspecified: nothing is said of when a message arrives.',
  }),
  subjects: NODE_IPC,
  expected: 'The first few arrive during the loop; the rest waits in the memory of the sender until its next turn.',
  procedure:
    'A child sends n messages of 100,000 characters, each with the time, in one loop; the parent notes when ' +
    'each arrives.',
  quick: false,
  deadlineMs: 30_000,
  observe: async (checkRun) => {
    const sent = checkRun.count({ quick: 10, default: 20, thorough: 1000 });
    const child = checkRun.child(new URL('../../children/burst-sender.js', import.meta.url), {
      args: [String(sent), '100000'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      serialization: serializationOf(checkRun.subject),
    });
    const arrivals: { readonly atMs: number; readonly latencyMs: number }[] = [];
    let doneMs = 0;
    child.on('message', (burst: Burst) => {
      const atMs = Number(process.hrtime.bigint()) / 1e6;
      if ('doneMs' in burst) ({ doneMs } = burst);
      else arrivals.push({ atMs, latencyMs: atMs - burst.sentMs });
    });
    await checkRun.event(child, 'disconnect', 20_000);
    const rounded = (ms = 0): number => Math.round(ms * 100) / 100;
    return {
      sent,
      arrived: arrivals.length,
      arrivedMeanwhile: arrivals.filter(({ atMs }) => atMs < doneMs).length,
      firstMs: rounded(arrivals[0]?.latencyMs),
      lastMs: rounded(arrivals.at(-1)?.latencyMs),
    };
  },
  judge: ({ sent, arrived, arrivedMeanwhile, firstMs, lastMs }) => ({
    verdict: sent >= 10 && arrived === sent ? 'info' : 'broken',
    evidence:
      `${arrived} of ${sent} messages arrived, ${arrivedMeanwhile} of them before the loop that sent them ` +
      `had ended; the first after ${firstMs} ms, the last after ${lastMs} ms.`,
  }),
  proofs: [
    {
      name: 'interleaved',
      observation: { sent: 20, arrived: 20, arrivedMeanwhile: 3, firstMs: 1.2, lastMs: 9.1 },
      verdict: 'info',
    },
    {
      name: 'one is lost',
      observation: { sent: 20, arrived: 19, arrivedMeanwhile: 3, firstMs: 1.2, lastMs: 9.1 },
      verdict: 'broken',
    },
    {
      name: 'just enough',
      observation: { sent: 10, arrived: 10, arrivedMeanwhile: 0, firstMs: 1.2, lastMs: 9.1 },
      verdict: 'info',
    },
    {
      name: 'few',
      observation: { sent: 9, arrived: 9, arrivedMeanwhile: 3, firstMs: 1.2, lastMs: 9.1 },
      verdict: 'broken',
    },
  ],
});
