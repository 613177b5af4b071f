import { distance } from 'fastest-levenshtein';
import { UserError } from '../user-error.js';

/** The known name most like what was typed, when it is like it at all: at most a third of the letters differ. */
export function nearestName(typed: string, known: readonly string[]): string | null {
  const ranked = known
    .map((name) => ({ name, far: distance(typed.toLowerCase(), name) }))
    .sort((a, b) => a.far - b.far);
  const best = ranked[0];
  return best !== undefined && best.far <= Math.max(2, Math.ceil(best.name.length / 3)) ? best.name : null;
}

/** The sentence for a name nobody has: the nearest one, and where the names are listed. */
export function unknownName(kind: string, typed: string, known: readonly string[], listing: string): UserError {
  const near = nearestName(typed, known);
  return new UserError(
    `No ${kind} is called '${typed}'.${near === null ? '' : ` Did you mean '${near}'?`} (${listing})`,
    2,
  );
}
