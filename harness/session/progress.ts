/** Says what is going on and how long is left. Writes only when told to, which is between measured windows. */
export interface Progress {
  /** Called before each piece of work; prints at most every half second on a terminal, every ten seconds elsewhere. */
  step(doing: string, leftMs: number | null): void;
  /** Clears the line on a terminal. */
  done(): void;
}
