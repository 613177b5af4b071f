import * as v from 'valibot';
import { parseHistory, saveHistory } from '../history/history-file.js';
import type { DeliveryCheck, History, Judgement, Verdict } from '../model/index.js';
import { presentCheckId } from '../outcome/check-ids.js';
import type { LoadedProcedure } from '../discovery/load-procedures.js';

/** What a verdict was judged from: enough to judge it again, with no transport there. */
export type SavedObservation =
  | { readonly kind: 'delivery'; readonly checkId: string; readonly subject: string; readonly history: History }
  | { readonly kind: 'procedure'; readonly checkId: string; readonly subject: string; readonly observation: unknown };

/** Every verdict but a clean pass, a skip and plain information is kept. */
export function isKept(verdict: Pick<Verdict, 'verdict'>): boolean {
  return ['fail', 'deviation', 'broken'].includes(verdict.verdict);
}

/** Relative to the report: one file a verdict. */
export function observationFileName(verdictId: string): string {
  return `histories/${verdictId.replaceAll('/', '.')}.json`;
}

export function savedText(kept: SavedObservation): string {
  const { kind, checkId, subject } = kept;
  const head = JSON.stringify({ schema: 'ipcbench-observation', version: 1, kind, checkId, subject }).slice(0, -1);
  return kind === 'delivery'
    ? `${head},\n"history": ${saveHistory(kept.history).trimEnd()}}\n`
    : `${head},\n"observation": ${JSON.stringify(kept.observation, null, 1)}}\n`;
}

const head = {
  schema: v.literal('ipcbench-observation'),
  version: v.literal(1),
  checkId: v.string(),
  subject: v.string(),
};
const file = v.variant('kind', [
  v.object({ kind: v.literal('delivery'), ...head, history: v.unknown() }),
  v.object({ kind: v.literal('procedure'), ...head, observation: v.unknown() }),
]);

/** Throws an Error with one sentence for what is no kept observation. */
export function parseSavedObservation(text: string): SavedObservation {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new Error(
      `Its ${text.length} characters are not JSON: it is truncated, or not a saved observation. ` +
        "'ipcbench check' saves one in histories/ for each verdict other than pass.",
      { cause },
    );
  }
  const parsed = v.safeParse(file, json);
  if (!parsed.success)
    throw new Error(
      `It is not a saved observation of this version (${v.getDotPath(parsed.issues[0]) ?? 'schema'}: ` +
        `${parsed.issues[0].message}).`,
    );
  const kept = { ...parsed.output, checkId: presentCheckId(parsed.output.checkId) };
  if (kept.kind === 'delivery')
    return {
      kind: 'delivery',
      checkId: kept.checkId,
      subject: kept.subject,
      history: parseHistory(JSON.stringify(kept.history)),
    };
  return { kind: 'procedure', checkId: kept.checkId, subject: kept.subject, observation: kept.observation };
}

/** The same judge, the same observation, so the same verdict. Throws when nobody has that check any more. */
export function judgeAgain(
  kept: SavedObservation,
  checks: readonly DeliveryCheck[],
  procedures: readonly LoadedProcedure[],
): Judgement {
  if (kept.kind === 'delivery') {
    const check = checks.find((one) => one.id === kept.checkId);
    if (check !== undefined) return check.judge(kept.history);
  } else {
    const check = procedures.find((one) => one.check.id === kept.checkId)?.check;
    if (check !== undefined) return check.judge(kept.observation, kept.subject);
  }
  throw new Error(`This version has no check '${kept.checkId}' any more. ('ipcbench list checks')`);
}
