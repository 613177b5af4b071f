import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';

// A cluster: workers that all listen on one port and answer each connection with their process id, and a primary that
// connects and counts.
export interface Served {
  readonly roundRobin: boolean;
  readonly workers: readonly number[];
  /** What each client read to the end: the process id of the worker that answered. */
  readonly answers: readonly string[];
}

const [workers = '2', clients = '0'] = process.argv.slice(2);

if (cluster.isWorker) createServer((socket) => socket.end(String(process.pid))).listen(0, '127.0.0.1');
else await lead();

async function lead(): Promise<void> {
  const forked = Array.from({ length: Number(workers) }, () => cluster.fork());
  const addresses = await Promise.all(
    forked.map(async (worker: Worker) => ((await once(worker, 'listening')) as [AddressInfo])[0]),
  );
  const port = addresses[0]?.port ?? 0;
  const answers: string[] = [];
  // Half of them one after the other, half of them at once.
  for (let client = 0; client < Number(clients) / 2; client += 1) answers.push(await ask(port));
  answers.push(...(await Promise.all(Array.from({ length: Number(clients) / 2 }, () => ask(port)))));
  const served: Served = {
    roundRobin: cluster.schedulingPolicy === cluster.SCHED_RR,
    workers: forked.map(({ process: { pid } }) => pid ?? 0),
    answers,
  };
  writeSync(1, JSON.stringify(served));
  for (const worker of forked) worker.kill();
}

async function ask(port: number): Promise<string> {
  let text = '';
  for await (const chunk of connect(port, '127.0.0.1')) text += String(chunk);
  return text;
}
