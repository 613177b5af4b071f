import picocolors from 'picocolors';

export type Colour = (text: string) => string;

export interface Colours {
  readonly plain: Colour;
  readonly bold: Colour;
  readonly dim: Colour;
  readonly red: Colour;
  readonly green: Colour;
  readonly yellow: Colour;
  readonly cyan: Colour;
}

/** The caller knows the terminal, NO_COLOR and --json; nothing is detected here. */
export function chooseColours(color: boolean): Colours {
  const { bold, dim, red, green, yellow, cyan } = picocolors.createColors(color);
  return { plain: (text) => text, bold, dim, red, green, yellow, cyan };
}
