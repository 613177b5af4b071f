/** Exit codes of the command line (README, the table of exit codes). */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 6;

/** A mistake or circumstance the user can do something about: shown as its message alone, never with a stack. */
export class UserError extends Error {
  constructor(
    message: string,
    readonly exitCode: ExitCode = 2,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'UserError';
  }
}
