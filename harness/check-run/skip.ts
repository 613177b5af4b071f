/** Thrown by `check run.skip`: the run cannot be done here, and the code proves it. */
export class CheckRunSkipped extends Error {
  override readonly name = 'TrialSkipped';
  constructor(
    reason: string,
    readonly code: string | null,
  ) {
    super(reason);
  }
}
