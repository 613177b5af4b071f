// The process of one test file: node uvu-child.js <file> <deadline in ms>. It counts; the runner judges.
import module from 'node:module';
import { pathToFileURL } from 'node:url';
import { lingerMs } from '../deadline.js';
import { send } from './channel.js';
import { describeError } from './describe-error.js';

const [, , file, deadlineMs] = process.argv;
if (file === undefined || deadlineMs === undefined) throw new Error('usage: uvu-child.js <test file> <deadline in ms>');

// Not by --import: a test that forks would hand that flag to its children through process.execArgv.
module.register('./redirect-uvu.js', import.meta.url);
Object.assign(globalThis, { UVU_DEFER: 1, UVU_QUEUE: [[null]], UVU_INDEX: 0 });
process.argv = [process.execPath, file];

const { exec, isTold, reportEmptySuites } = await import('./counted-uvu.js');

const deadline = reportIfAliveIn(Number(deadlineMs));
try {
  await import(pathToFileURL(file).href);
  reportEmptySuites();
  await exec();
} catch (error) {
  if (!isTold(error)) send({ kind: 'fault', failure: describeError(error) });
}
send({ kind: 'finished' });
clearTimeout(deadline);
reportIfAliveIn(lingerMs);

function reportIfAliveIn(ms: number): NodeJS.Timeout {
  return setTimeout(() => send({ kind: 'held-alive', by: process.getActiveResourcesInfo() }), ms).unref();
}
