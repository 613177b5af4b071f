import type { Report } from '../../harness/model/index.js';
import { formatCount, plural } from '../units/digits.js';

/** What a reader might take from this report, and should not. Each one follows from what the report holds. */
export function caveats(report: Report): readonly string[] {
  const { results, verdicts, killMatrix } = report;
  const launches = results.map((result) => result.launches.length).filter((count) => count > 0);
  const fewest = Math.min(...launches);
  const placements = new Set(results.map((result) => result.case.placement));
  const drivers = new Set(results.map((result) => result.case.driver));
  const has = (condition: boolean, text: string): readonly string[] => (condition ? [text] : []);
  return [
    'How another machine, kernel or runtime behaves. Absolute figures are this machine’s; even the order of ' +
      'transports changes with the CPU.',
    ...has(
      results.length > 0,
      'How fast your program will be. These peers do nothing but exchange messages; a real one also computes, ' +
        'allocates and shares its CPUs.',
    ),
    ...has(
      results.some((result) => result.figure === 'latency'),
      'What happens under a given load. Each round trip starts when the one before has ended, so a stall delays ' +
        'one message here where it would delay a queue of them in a server.',
    ),
    ...has(
      launches.length > 0 && fewest < 6,
      `Whether close figures differ: some cases have ${plural(fewest, 'launch', 'launches')}, and an interval ` +
        'takes at least 6.',
    ),
    ...has(
      results.some((result) => result.latency !== null && result.latency.p999Ns === null),
      'The rarest delays. A quantile is given only where at least ten round trips lie beyond it, and a longer ' +
        'run would show slower ones.',
    ),
    ...has(
      placements.has('cross-cpu'),
      'The cost of a transport alone, where the peers sit on two CPUs: waking a sleeping CPU takes longer there ' +
        'than the transport does.',
    ),
    ...has(
      placements.has('free'),
      'Why two launches differ, where placement was left to the scheduler: it may have put the peers on one CPU ' +
        'or on two.',
    ),
    ...has(
      drivers.size > 1,
      'Which driver is better, from one table. Drivers have tables of their own: a C++ loop and a Node event ' +
        'loop do different work for the same message.',
    ),
    ...has(
      results.some((result) => result.case.verify === 'header'),
      'Whether every byte arrived intact. While measuring, header, sequence and length are checked and every cache line ' +
        'is read; every byte is checked in the conformance checks, or with --verify full.',
    ),
    ...has(
      results.some((result) => Object.values(result.costs).includes(null)),
      'Costs marked –: this driver or this system does not count them. A dash is not a zero.',
    ),
    ...has(
      results.some((result) => result.costs.syscallsPerMessage !== null),
      'How many system calls a message takes in all. Counted are those of the loop on the measured descriptors; ' +
        'what a library or the runtime calls besides is not.',
    ),
    ...has(
      verdicts.length > 0,
      'That a guarantee always holds. A check that passed found no counterexample in what it ' +
        `exchanged; ${formatCount(verdicts.length)} verdicts are evidence, not proof.`,
    ),
    ...has(
      killMatrix !== undefined,
      'That the checks notice everything. Each planted fault is one way to be wrong; a fault that nobody ' +
        'thought of is in no matrix.',
    ),
  ];
}
