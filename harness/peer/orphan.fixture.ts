import { loadTransports } from '../discovery/load-transports.js';
import { writeOptions } from './options.js';
import { begin, withTestPair } from './pair.fixture.js';

// A harness that starts a pair, says who they are and waits to be killed.
const [name = '', driver = 'js'] = process.argv.slice(2);
const { transports } = await loadTransports({ modules: [] });
const loaded = transports.find(({ transport }) => transport.name === name);
if (loaded === undefined) throw new Error(`There is no transport '${name}'.`);
const args = writeOptions({
  workload: 'ping-pong',
  size: 64,
  verify: 'header',
  seed: 1,
  'warmup-us': 0,
  'window-us': 600_000_000,
});
await withTestPair({ ...loaded, driver: driver === 'addon' ? 'addon' : 'js', args }, async (pair) => {
  await begin(pair);
  process.stdout.write(`${pair.word(88)} ${pair.word(152)}\n`);
  await new Promise<never>(() => undefined);
});
