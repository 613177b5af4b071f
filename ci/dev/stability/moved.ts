import type { Verdict } from '../../../harness/model/index.js';

/** What one run of `ipcbench check` said, and where it ran. */
export interface Seen {
  readonly surrounding: string;
  readonly run: number;
  readonly verdicts: readonly Pick<Verdict, 'id' | 'verdict' | 'evidence'>[];
}

/** One sentence for each verdict that was not the same in all runs of one surrounding that gave it. */
export function moved(seen: readonly Seen[]): string[] {
  return [...grouped(seen)].flatMap(([surrounding, runs]) =>
    [...byId(runs)]
      .filter(([, answers]) => new Set(answers.map(({ verdict }) => verdict)).size > 1)
      .map(([id, answers]) => `${id} changes between runs (${surrounding}):\n${listed(answers)}`),
  );
}

/**
 * One sentence for each verdict that holds still in two surroundings and differs between them. What cannot run
 * somewhere is a skip there, and right when it names the system's error; anything else is a check that mistakes its
 * surroundings for the transport.
 */
export function differing(seen: readonly Seen[]): string[] {
  const still = [...grouped(seen)].map(([surrounding, runs]) => ({
    surrounding,
    answers: new Map([...byId(runs)].map(([id, answers]) => [id, answers[0] as Answer])),
  }));
  const ids = new Set(still.flatMap(({ answers }) => [...answers.keys()]));
  return [...ids].flatMap((id) => {
    const each = still.flatMap(({ surrounding, answers }) => {
      const answer = answers.get(id);
      return answer === undefined || isProvedSkip(answer) ? [] : [{ ...answer, where: surrounding }];
    });
    return new Set(each.map(({ verdict }) => verdict)).size > 1
      ? [`${id} differs between surroundings:\n${listed(each)}`]
      : [];
  });
}

/** "773 pass, 206 info". */
export function verdictCounts(verdicts: readonly Pick<Verdict, 'verdict'>[]): string {
  const counts = new Map<string, number>();
  for (const { verdict } of verdicts) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  return [...counts].map(([verdict, count]) => `${count} ${verdict}`).join(', ');
}

interface Answer {
  readonly where: string;
  readonly verdict: Verdict['verdict'];
  readonly evidence: string;
}

function grouped(seen: readonly Seen[]): Map<string, Seen[]> {
  const groups = new Map<string, Seen[]>();
  for (const one of seen) groups.set(one.surrounding, [...(groups.get(one.surrounding) ?? []), one]);
  return groups;
}

function byId(runs: readonly Seen[]): Map<string, Answer[]> {
  const answers = new Map<string, Answer[]>();
  for (const { run, verdicts } of runs) {
    for (const { id, verdict, evidence } of verdicts)
      answers.set(id, [...(answers.get(id) ?? []), { where: `run ${run}`, verdict, evidence }]);
  }
  return answers;
}

function isProvedSkip({ verdict, evidence }: Answer): boolean {
  return verdict === 'skip' && /\bE[A-Z0-9]{3,}\b/.test(evidence);
}

/** Each verdict once, with the runs that gave it and one piece of evidence. */
function listed(answers: readonly Answer[]): string {
  const verdicts = [...new Set(answers.map(({ verdict }) => verdict))];
  return verdicts
    .map((verdict) => {
      const same = answers.filter((answer) => answer.verdict === verdict);
      return `  ${verdict} in ${same.map(({ where }) => where).join(', ')}: ${same[0]?.evidence ?? ''}`;
    })
    .join('\n');
}
